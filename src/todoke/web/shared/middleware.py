"""The gate before every page: whose rows may be seen, who may open the page, and the headers of every answer."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    UnreadablePostError,
)
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import urlencode

from todoke.foundation import databases, fence
from todoke.foundation.errors import TodokeError
from todoke.foundation.health import STORING, is_database_away
from todoke.web.desk import proving, rights

from . import refusals, sessions
from .requests import DeskRequest, viewer_of

Answer = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
        "publickey-credentials-get", "screen-wake-lock", "sync-xhr", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
METHODS = frozenset({"GET", "HEAD", "POST"})


class HeadersMiddleware:
    """Outermost: every answer, refusals included, carries the headers of security.md 6.10."""

    def __init__(self, get_response: Answer) -> None:
        """As Django builds its chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or refuse what no browser of ours would send; then add the headers."""
        response = self._refusal(request) or self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setdefault("X-Frame-Options", "DENY")
        is_file = (
            request.path_info.startswith(settings.STATIC_URL)
            and response.status_code < HTTPStatus.BAD_REQUEST
        )
        if not is_file:
            response.headers["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _refusal(request: HttpRequest) -> HttpResponse | None:
        """Verbs that no page has; and acts started by another site, which a browser itself reports."""
        if request.method not in METHODS:
            return HttpResponse(
                status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(sorted(METHODS))}
            )
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.method == "POST" and site not in ("same-origin", "none"):
            return HttpResponse(
                "ほかのサイトからの操作は受け付けません。",
                status=HTTPStatus.FORBIDDEN,
                content_type="text/plain; charset=utf-8",
            )
        return None


class KeptSessionMiddleware(SessionMiddleware):
    """Django's sessions; where nothing can be written, reading goes on and the session is not prolonged."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session, if there is anywhere to save it."""
        try:
            return super().process_response(request, response)
        except (
            Error,
            SessionInterrupted,
        ) as refusal:  # Django takes any refusal for a session that has ended
            if STORING.note(refusal):
                return response
            raise


class ScopeMiddleware:
    """Open the scope of the session's body around the whole request and let nobody pass without the right."""

    def __init__(self, get_response: Answer) -> None:
        """As Django builds its chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Strangers have no scope; a person whose access has ended becomes a stranger at once."""
        try:
            return self._answer(request)
        except Error as refusal:  # at the end of the scope, when the database was to keep it
            page = _refusal_of_database(request, refusal)
            if page is None:
                raise
            return page

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        organisation = sessions.organisation_of(request)
        if organisation is not None:
            if request.method not in DeskRequest.SAFE and organisation in databases.moving():
                return refusals.moving(request)  # before anything is stored, or spoken to
            _read_whole(request)
            with fence.scope(organisation, read_only=request.method in DeskRequest.SAFE):
                viewer = sessions.viewer_of_session(request)
                setattr(request, "viewer", viewer)  # noqa: B010  # HttpRequest does not declare it
                if viewer is not None and not _opens_scopes_itself(request):
                    return self.get_response(request)
            if viewer is not None:
                return self.get_response(request)
        if sessions.ORGANISATION in request.session:
            request.session.flush()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Refuse by default: a page that the rights file does not name opens for nobody."""
        viewer = viewer_of(request)
        name = request.resolver_match.url_name if request.resolver_match else None
        need = rights.need_of(name)
        if need is rights.Access.PUBLIC:
            _mark_savepoint(request)
            return None
        if viewer is None and need is not rights.Access.NOBODY:
            return _to_sign_in(request)
        if viewer is None or not rights.is_met(need, viewer):
            raise PermissionDenied(need.label)
        if sessions.must_set_up(request) and name not in rights.BEFORE_SECOND_STEP:
            return HttpResponseRedirect(resolve_url("desk:set-up-second-step"))
        asked = proving.asked_first(cast(DeskRequest, request), name or "")
        if asked is None:
            _mark_savepoint(request)
        return asked

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Take back what a failed page has written; show a broken promise with its sentence and next step."""
        refusal = _refusal_of_database(request, exception)
        if refusal is not None:
            if connection.in_atomic_block:
                transaction.set_rollback(True)
            return refusal
        savepoint = getattr(request, "savepoint", None)
        if savepoint is not None:
            transaction.savepoint_rollback(savepoint)
            transaction.set_rollback(False)
        return refusals.broken_promise(request, exception) if isinstance(exception, TodokeError) else None


def _read_whole(request: HttpRequest) -> None:
    """Have the form here before a scope is open: who sends it slowly takes no turn to write from the others（F19）."""
    with suppress(UnreadablePostError):  # the check of the form's token says so
        _ = request.POST


def _refusal_of_database(request: HttpRequest, refusal: Exception) -> HttpResponse | None:
    """The page for a database that is moving, takes nothing or does not answer; None for any other trouble."""
    if databases.is_refused_by_move(refusal):
        return refusals.moving(request)
    if STORING.note(refusal):
        return refusals.cannot_store()
    return refusals.database_away(request) if is_database_away(refusal) else None


def _opens_scopes_itself(request: HttpRequest) -> bool:
    """Whether the page stores files or speaks to a network first: it opens short scopes of its own afterwards."""
    if request.method in DeskRequest.SAFE:
        return False
    try:
        return resolve(request.path_info).url_name in rights.OPENS_SCOPES_ITSELF
    except Resolver404:
        return False


def _mark_savepoint(request: HttpRequest) -> None:
    """Where a failed page returns to; reading on SQLite opens no transaction and needs none."""
    if connection.in_atomic_block and viewer_of(request) is not None:
        setattr(request, "savepoint", transaction.savepoint())  # noqa: B010  # HttpRequest does not declare it


def _to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """To the sign-in page, and afterwards back to the page that was asked for."""
    target = resolve_url(settings.LOGIN_URL)
    if request.method in DeskRequest.SAFE and request.path_info != "/":
        target = f"{target}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(target)
