"""Reads an element's children one by one, by the names that the structure asks for, as `der.Reader` reads DER."""

from base64 import b64encode
from binascii import Error, a2b_base64
from collections.abc import Callable, Mapping
from typing import cast

from lxml import etree

_BLANK = " \t\r\n"
_WITHOUT_BLANKS = str.maketrans("", "", _BLANK)


Elements = Callable[..., list[etree._Element]]
Texts = Callable[..., list[str]]


class ElementRefused(ValueError):
    """The markup is not what the structure asks for at this place."""


class Children:
    """The child elements of an element; text between them, unless blank, refuses it. Comments are passed over."""

    __slots__ = ("_at", "_children")

    def __init__(self, parent: etree._Element) -> None:
        self._children = list(parent.iterchildren("*"))
        self._at = 0
        _refuse_text(parent.text)
        for child in parent:
            _refuse_text(child.tail)

    def take(self, tag: str) -> etree._Element:
        """The next child, which must bear the name."""
        found = self.take_if(tag)
        if found is None:
            raise ElementRefused
        return found

    def take_if(self, tag: str) -> etree._Element | None:
        """The next child when it bears the name, else None."""
        if self._at < len(self._children) and self._children[self._at].tag == tag:
            self._at += 1
            return self._children[self._at - 1]
        return None

    def rest(self) -> list[etree._Element]:
        """All children that are left."""
        left = self._children[self._at :]
        self._at = len(self._children)
        return left

    def finish(self) -> None:
        """Nothing may be left."""
        if self._at != len(self._children):
            raise ElementRefused


def elements_at(path: str, namespaces: Mapping[str, str] | None = None) -> Elements:
    """A question for the elements at an XPath; values for its variables are given by name."""
    return cast("Elements", etree.XPath(path, namespaces=namespaces))  # the stub knows no kinds of answers


def texts_at(path: str, namespaces: Mapping[str, str] | None = None) -> Texts:
    """A question for the values of the attributes at an XPath."""
    return cast("Texts", etree.XPath(path, namespaces=namespaces, smart_strings=False))  # as above


def text_of(element: etree._Element) -> str:
    """The text of an element that holds nothing else, without blanks at its ends."""
    if len(element):
        raise ElementRefused
    return (element.text or "").strip(_BLANK)


def octets_of(element: etree._Element) -> bytes:
    """What an element's text means in base64; a text that is not the only way to write it refuses it."""
    text = text_of(element).translate(_WITHOUT_BLANKS)
    try:
        octets = a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        raise ElementRefused from None
    if b64encode(octets).decode() != text:
        raise ElementRefused
    return octets


def _refuse_text(text: str | None) -> None:
    if text and text.strip(_BLANK):
        raise ElementRefused
