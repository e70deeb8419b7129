"""Every address of the URL table, with arguments that fit its pattern."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

NOBODYS = UUID("00000000-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One named address: namespace, name, and the converter of each argument."""

    namespace: str
    name: str | None
    route: str
    arguments: tuple[tuple[str, object], ...]

    def __str__(self) -> str:
        """As a test id."""
        return f"{self.namespace}:{self.name}" if self.name else self.route

    def url(self, **given: object) -> str:
        """Its address with these arguments; the others are of nobody."""
        fitting = {name: given.get(name, _nobodys(converter)) for name, converter in self.arguments}
        return reverse(str(self), kwargs=fitting)


def _nobodys(converter: object) -> object:
    if isinstance(converter, UUIDConverter):
        return NOBODYS
    return 2_000_000_000 if isinstance(converter, IntConverter) else "nobodys"


def every_endpoint() -> list[Endpoint]:
    """The whole URL table, flat."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[Endpoint]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, entry.namespace or namespace, route)
        elif isinstance(entry, URLPattern):
            yield Endpoint(namespace, entry.name, route, tuple(sorted(entry.pattern.converters.items())))


def is_sent_to_sign_in(response: Any) -> bool:  # the test client's answers have no public type
    """Whether an answer leads to the page for signing in."""
    location = urlsplit(response.headers.get("Location", ""))
    return bool(response.status_code == HTTPStatus.FOUND and location.path == reverse("desk:sign-in"))
