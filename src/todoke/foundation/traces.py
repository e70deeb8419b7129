"""Traces of requests and jobs by OpenTelemetry: off unless TODOKE_OTLP_ENDPOINT says where to, and nothing leaves before.

A span has a name of ours and the fields that a log line may have; never a text of an exception, an address or a query.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any, ClassVar

from django.conf import settings

from todoke.foundation.errors import TodokeError, whereabouts
from todoke.foundation.log_lines import FIELDS

Fields = str | int | float
TIMEOUT_SECONDS = 5


class TracingMissing(TodokeError):
    """Traces are wanted, but the library that sends them is not installed."""

    code: ClassVar[str] = "SYS-945"
    sentence: ClassVar[str] = (
        "TODOKE_OTLP_ENDPOINT が指定されていますが、トレースの部品がありません。"
        "requirements/telemetry.txt の部品を入れるか、指定を外してください。"
    )


class Span:
    """One span under way; fields may be added until it ends. Without a setting it keeps nothing."""

    def __init__(self, span: Any = None) -> None:
        """Around a span of the library, which may not be installed."""
        self._span = span

    def note(self, **fields: Fields) -> None:
        """Add those fields that a log line may have too."""
        for name, value in fields.items():
            if self._span is not None and name in FIELDS and FIELDS[name](value):
                self._span.set_attribute(f"todoke.{name}", value)

    def fail(self, error: BaseException) -> None:
        """Mark it as failed: class and place of the error, never its text."""
        if self._span is not None:
            from opentelemetry.trace import StatusCode

            self._span.set_status(StatusCode.ERROR)
            self.note(error=whereabouts(error))


@contextmanager
def span(name: str, **fields: Fields) -> Iterator[Span]:
    """A span around the block. An exception marks it and goes on. Raises TracingMissing."""
    provider = provider_of(settings.TODOKE_OTLP_ENDPOINT)
    if provider is None:
        yield Span()
        return
    tracer = provider.get_tracer("todoke")
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as inner:
        one = Span(inner)
        one.note(**fields)
        try:
            yield one
        except BaseException as trouble:
            one.fail(trouble)
            raise


@cache
def provider_of(endpoint: str) -> Any:  # the library's own type, which may not be installed
    """What makes spans in this process and sends them by OTLP/HTTP; None without an endpoint. Raises TracingMissing."""
    if not endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as missing:
        raise TracingMissing from missing
    facts = {"service.name": "todoke", "service.version": version("todoke")}
    provider = TracerProvider(resource=Resource(facts))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=TIMEOUT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def check() -> None:
    """Say at the start, and not at the first request, that traces cannot be sent. Raises TracingMissing."""
    provider_of(settings.TODOKE_OTLP_ENDPOINT)


def send_all() -> None:
    """Send what was not sent yet, before a process ends."""
    provider = provider_of(settings.TODOKE_OTLP_ENDPOINT)
    if provider is not None:
        provider.force_flush(TIMEOUT_SECONDS * 1000)
