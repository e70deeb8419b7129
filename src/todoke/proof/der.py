"""Reads DER strictly: definite lengths in their shortest form, nothing left over.

Source: ITU-T X.690 §8.1, §10.1 (lengths), §11.7, §11.8 (times).
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_IDENTIFIER, ENUMERATED = 0x02, 0x03, 0x04, 0x06, 0x0A
BOOLEAN, UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x01, 0x17, 0x18, 0x30, 0x31
_TIME = re.compile(rb"([0-9]{2}|[0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z")


class DerRefused(ValueError):
    """The bytes are not DER, or not what the structure asks for at this place."""


class Element(NamedTuple):
    """Where one element lies: `at` its tag, `start` to `stop` its content."""

    tag: int
    at: int
    start: int
    stop: int


def read(data: bytes, at: int, limit: int) -> Element:
    """Read the element at a position; it must end within the limit."""
    if at + 2 > limit:
        raise DerRefused
    tag, length, start = data[at], data[at + 1], at + 2
    if length >= 0x80:
        width = length & 0x7F
        if not 1 <= width <= 4 or start + width > limit:
            raise DerRefused
        length = int.from_bytes(data[start : start + width], "big")
        start += width
        if length < 0x80 or length >> (8 * (width - 1)) == 0:
            raise DerRefused
    if tag & 0x1F == 0x1F or start + length > limit:
        raise DerRefused
    return Element(tag, at, start, start + length)


_element = tuple.__new__  # what the class itself does, without a call in between


class Reader:
    """Takes the elements of a constructed element one by one, by the tag that the structure asks for."""

    __slots__ = ("_at", "_data", "_stop")

    def __init__(self, data: bytes, within: Element | None = None) -> None:
        self._data = data
        self._at = within.start if within else 0
        self._stop = within.stop if within else len(data)

    def take(self, *tags: int) -> Element:
        """The next element, which must bear one of the tags（any, when none is named）."""
        data, at, limit = self._data, self._at, self._stop
        if at + 2 > limit or (length := data[at + 1]) >= 0x80:
            element = read(data, at, limit)
        else:  # as `read`, for the usual short element
            tag, start = data[at], at + 2
            if tag & 0x1F == 0x1F or start + length > limit:
                raise DerRefused
            element = _element(Element, (tag, at, start, start + length))
        if tags and element.tag not in tags:
            raise DerRefused
        self._at = element.stop
        return element

    def take_if(self, *tags: int) -> Element | None:
        """The next element when it bears one of the tags, else None."""
        if self._at < self._stop and self._data[self._at] in tags:
            return self.take(*tags)
        return None

    def enter(self, tag: int) -> "Reader":
        """The inside of the next element."""
        return Reader(self._data, self.take(tag))

    def finish(self) -> None:
        """Nothing may be left."""
        if self._at != self._stop:
            raise DerRefused

    def rest(self) -> list[Element]:
        """All elements that are left."""
        elements = []
        while self._at < self._stop:
            elements.append(self.take())
        return elements


def content(data: bytes, element: Element) -> bytes:
    """The bytes inside an element."""
    return data[element.start : element.stop]


def whole(data: bytes, element: Element) -> bytes:
    """The element with its tag and length."""
    return data[element.at : element.stop]


def time(data: bytes, element: Element) -> datetime:
    """A UTCTime（years 1950–2049）or GeneralizedTime in the form of DER, as aware UTC."""
    matched = _TIME.fullmatch(data, element.start, element.stop)
    if matched is None or len(matched[1]) != {UTC_TIME: 2, GENERALIZED_TIME: 4}.get(element.tag):
        raise DerRefused
    year, month, day, hour, minute, second = (int(digits) for digits in matched.groups())
    if element.tag == UTC_TIME:
        year += 1900 if year >= 50 else 2000
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise DerRefused from None
