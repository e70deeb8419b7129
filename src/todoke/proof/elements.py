"""Reads an element's children one by one, by the names that the structure asks for, as `der.Reader` reads DER."""

from base64 import b64encode
from binascii import Error, a2b_base64
from collections.abc import Callable, Mapping
from typing import cast

from lxml import etree

_BLANK = " \t\r\n"


Elements = Callable[..., list[etree._Element]]
Attributes = Callable[[etree._Element], list[tuple[str, etree._Element]]]


class ElementRefused(ValueError):
    """The markup is not what the structure asks for at this place."""


class Children:
    """The child elements of an element; text between them, unless blank, refuses it. Comments are passed over."""

    __slots__ = ("_at", "_children")

    def __init__(self, parent: etree._Element) -> None:
        self._children: list[etree._Element] = []
        self._at = 0
        _refuse_text(parent.text)
        for child in parent:
            _refuse_text(child.tail)
            if child.tag.__class__ is str:  # the tag of a comment or an instruction is a function
                self._children.append(child)

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


def refuse_content(element: etree._Element) -> None:
    """An element that must be empty, blanks and comments apart."""
    if len(element) or element.text:
        Children(element).finish()


def elements_at(path: str, namespaces: Mapping[str, str] | None = None) -> Elements:
    """A question for the elements at an XPath; values for its variables are given by name."""
    return cast("Elements", etree.XPath(path, namespaces=namespaces))  # the stub knows no kinds of answers


def attributes_at(path: str) -> Attributes:
    """A question for the attributes at an XPath: the value of each, and the element that bears it."""
    values = cast(
        "Callable[[etree._Element], list[etree._ElementUnicodeResult]]", etree.XPath(path)
    )  # as above
    return lambda root: [
        (str(each), bearer) for each in values(root) if (bearer := each.getparent()) is not None
    ]


def text_of(element: etree._Element) -> str:
    """The text of an element that holds nothing else, without blanks at its ends."""
    if len(element):
        raise ElementRefused
    return (element.text or "").strip(_BLANK)


def octets_of(element: etree._Element) -> bytes:
    """What an element's text means in base64; a text that is not the only way to write it refuses it."""
    text = b"".join(text_of(element).encode().split())
    try:
        octets = a2b_base64(text, strict_mode=True)
    except Error:
        raise ElementRefused from None
    if b64encode(octets) != text:
        raise ElementRefused
    return octets


def _refuse_text(text: str | None) -> None:
    if text and text.strip(_BLANK):
        raise ElementRefused
