"""The request as pages see it: with the signed-in person, loaded afresh for this request."""

from ipaddress import ip_address
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest

from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit.values import Actor


class DeskRequest(HttpRequest):
    """A request that passed the gate: `viewer` is the signed-in person with the rights of this very moment."""

    viewer: Viewer
    SAFE: ClassVar[frozenset[str]] = frozenset({"GET", "HEAD"})


def viewer_of(request: HttpRequest) -> Viewer | None:
    """The signed-in person, or None for a stranger."""
    return getattr(request, "viewer", None)


def terminal_of(request: HttpRequest) -> str:
    """The address of the terminal as the network shows it; headers that anybody can send are not believed.

    Behind the proxy that ends TLS the network shows the proxy alone. What that one adds to X-Forwarded-For, the last address
    there, is then the terminal's; what stands before it came from outside.
    """
    shown = str(request.META.get("REMOTE_ADDR") or "")
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return shown
    last = str(request.META.get("HTTP_X_FORWARDED_FOR") or "").rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return shown


def actor_of(request: DeskRequest) -> Actor:
    """The signed-in person at this terminal, as the audit knows them."""
    return request.viewer.actor(terminal_of(request))


def typed_text(value: str, longest: int) -> str:
    """What somebody typed outside a form: printable characters only (PostgreSQL takes no NUL), trimmed and cut."""
    return "".join(character for character in value if character.isprintable()).strip()[:longest]
