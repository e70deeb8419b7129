"""What is watched of every request: the lookout's own paths, and how long which page took. Never its address or text."""

import secrets
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from todoke.casework.gauges import PANEL
from todoke.foundation import logs, lookout, meters, traces
from todoke.foundation.errors import TodokeError

from .requests import DeskRequest

Answer = Callable[[HttpRequest], HttpResponseBase]


@cache
def _lookout() -> lookout.Lookout:
    return lookout.Lookout(PANEL.gauges)


class WatchMiddleware:
    """Before host names, sessions and cookies are looked at: a probe has none of them."""

    def __init__(self, get_response: Answer) -> None:
        """As Django builds its chain. Raises TracingMissing, TokenTooShort: at the start, not at the first request."""
        self.get_response = get_response
        traces.check()
        if settings.TODOKE_METRICS_TOKEN_FILE is not None:
            lookout.token_in(settings.TODOKE_METRICS_TOKEN_FILE)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe, or let the request through and note which page it was and how long it took."""
        if request.path_info in lookout.PATHS and request.method in DeskRequest.SAFE:
            return _probed(request)
        number = secrets.token_hex(8)
        began = time.monotonic()
        with logs.about(request=number), traces.span("request", method=str(request.method)) as span:
            response = self.get_response(request)
            page = _page(request)
            seconds = time.monotonic() - began
            span.note(page=page, status=response.status_code)
            logs.tell(
                "web.answered",
                page=page,
                method=request.method,
                status=response.status_code,
                seconds=round(seconds, 3),
            )
        meters.count_request(page, str(request.method), response.status_code, seconds=seconds)
        response.headers["X-Request-Id"] = number
        return response


def _page(request: HttpRequest) -> str:
    found = request.resolver_match
    return (found.url_name if found else None) or "-"


def _probed(request: HttpRequest) -> HttpResponse:
    reply = lookout.NOTHING
    if request.path_info != lookout.METRICS or _may_read_metrics(request):
        reply = _lookout().reply(request.path_info)
    return HttpResponse(reply.body, status=reply.status, content_type=reply.kind)


def _may_read_metrics(request: HttpRequest) -> bool:
    try:
        return lookout.shows_token(
            request.headers.get("Authorization", ""), settings.TODOKE_METRICS_TOKEN_FILE
        )
    except TodokeError:
        return False
