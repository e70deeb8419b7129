"""Traces go where the setting says and nowhere else, and carry nothing that a log line might not."""

import builtins
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_django import Settings

from todoke.foundation import traces

CANARY = "織機　太郎"


class Collector:
    """An OTLP/HTTP collector on the loopback interface that keeps what it is told."""

    def __init__(self) -> None:
        collector = self
        self.told: list[tuple[str, bytes]] = []

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                collector.told.append((self.path, self.rfile.read(size)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self) -> dict[str, dict[str, str]]:
        """Name → fields of every span that arrived."""
        traces.send_all()
        found = {}
        for path, body in self.told:
            assert path == "/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for span in (span for scope in resource.scope_spans for span in scope.spans):
                    found[span.name] = {
                        one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes
                    }
                    assert not span.events, "an exception's text would stand here"
                    assert not span.status.message
        return found


@pytest.fixture
def collector(settings: Settings) -> Iterator[Collector]:
    one = Collector()
    settings.TODOKE_OTLP_ENDPOINT = one.endpoint
    traces.provider_of.cache_clear()
    yield one
    provider = traces.provider_of(one.endpoint)
    provider.shutdown()
    traces.provider_of.cache_clear()
    one.server.shutdown()
    one.server.server_close()


def test_a_request_arrives_as_a_span_with_its_page_and_nothing_else(
    db: None, var_dir: object, collector: Collector
) -> None:
    Client().get(f"/sign-in/?next=/cases/?text={CANARY}")
    assert collector.spans() == {
        "request": {"todoke.method": "GET", "todoke.page": "sign-in", "todoke.status": "200"}
    }


def test_a_failure_arrives_as_its_class_and_place(collector: Collector) -> None:
    with pytest.raises(KeyError):
        with traces.span("relay.pull", organisation="992011", note=CANARY):
            raise KeyError(CANARY)
    fields = collector.spans()["relay.pull"]
    assert fields["todoke.organisation"] == "992011"
    assert fields["todoke.error"].startswith("KeyError at ")
    assert CANARY not in str(collector.told)
    assert CANARY.encode() not in b"".join(body for _, body in collector.told)


def test_a_missing_library_is_said_at_the_start_in_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without(name: str, *arguments: object, **options: object) -> object:
        if name.startswith("opentelemetry"):
            raise ImportError(name)
        return original(name, *arguments, **options)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(builtins, "__import__", without)
    settings.TODOKE_OTLP_ENDPOINT = "http://127.0.0.1:9"
    traces.provider_of.cache_clear()
    with pytest.raises(traces.TracingMissing) as missing:
        traces.check()
    assert "requirements/telemetry.txt" in missing.value.for_screen()


def test_without_the_setting_nothing_is_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TODOKE_OTLP_ENDPOINT = ""
    traces.check()
    with traces.span("request") as span:
        span.note(page="home")
    assert traces.provider_of("") is None
