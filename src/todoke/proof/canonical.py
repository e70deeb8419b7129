"""The octets that stand for a piece of XML in a signature（正規化）, made by libxml2.

Source: W3C Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0, XML Signature 1.1 §6.5. Versions 1.0 and
1.1 differ only in `xml:` attributes that a part inherits from outside; where there are any, the part is refused,
so that one implementation serves both.
"""

from dataclasses import dataclass

from lxml import etree

from . import xml
from .algorithms import AlgorithmRefused
from .elements import Children, ElementRefused

_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_WITH_COMMENTS = "WithComments"
_PREFIX_LIST = f"{{{_EXCLUSIVE}}}InclusiveNamespaces"
_METHODS = {
    _INCLUSIVE: (False, False),
    f"{_INCLUSIVE}#{_WITH_COMMENTS}": (False, True),
    _INCLUSIVE_11: (False, False),
    f"{_INCLUSIVE_11}#{_WITH_COMMENTS}": (False, True),
    _EXCLUSIVE: (True, False),
    f"{_EXCLUSIVE}{_WITH_COMMENTS}": (True, True),
}
_inherits = etree.XPath("boolean(ancestor::*/@xml:*)")
_has_comments = etree.XPath("boolean(//comment())")


@dataclass(frozen=True, slots=True)
class Canonicalisation:
    """A way to write a part canonically; `prefixes` are treated as inclusive by the exclusive way."""

    is_exclusive: bool
    keeps_comments: bool
    prefixes: tuple[str, ...] = ()

    def octets_of(self, part: etree._Element) -> bytes:
        """An element with all that is in it, in the namespaces of its place. Raises AlgorithmRefused."""
        if self.is_exclusive:
            return self._written(part)
        if _inherits(part):
            raise AlgorithmRefused("inherited_attribute")
        return self._written(_on_its_own(part))

    def octets_of_document(self, root: etree._Element) -> bytes:
        """The whole document, instructions before and behind its root included. Raises AlgorithmRefused."""
        return self._written(root.getroottree())

    def without_comments(self, root: etree._Element) -> "Canonicalisation":
        """The same for a reference inside a document, which selects no comments（XML Signature §4.4.3.3）.

        Others keep them; so a method that would keep comments is refused where there are any.
        """
        if not self.keeps_comments:
            return self
        if _has_comments(root):
            raise AlgorithmRefused("comments")
        return Canonicalisation(self.is_exclusive, keeps_comments=False, prefixes=self.prefixes)

    def _written(self, part: etree._Element | etree._ElementTree) -> bytes:
        try:
            return etree.tostring(
                part,
                method="c14n",
                exclusive=self.is_exclusive,
                with_comments=self.keeps_comments,
                inclusive_ns_prefixes=self.prefixes or None,
            )
        except etree.C14NError:
            raise AlgorithmRefused("canonicalisation") from None


def _on_its_own(part: etree._Element) -> etree._Element:
    """The part as a document of its own, with the namespaces of its place.

    lxml writes a part in place canonically as if it were one, but below its first level it then looks for namespaces
    in the old place, and undoes the default one (`xmlns=""`) that it does not find.
    """
    alone = etree.tostring(part, encoding="utf-8", xml_declaration=False, with_tail=False)
    return etree.fromstring(alone, xml.COMPLETE_PARSER)


PLAIN = Canonicalisation(is_exclusive=False, keeps_comments=False)


_WITHOUT_PREFIXES = {each: Canonicalisation(*each) for each in set(_METHODS.values())}


def is_canonicalisation(algorithm: str) -> bool:
    """Whether the identifier names one of the accepted ways."""
    return algorithm in _METHODS


def method_of(element: etree._Element) -> Canonicalisation:
    """The way that a CanonicalizationMethod or Transform names. Raises AlgorithmRefused, ElementRefused."""
    found = _METHODS.get(element.get("Algorithm", ""))
    if found is None:
        raise AlgorithmRefused("canonicalisation")
    if not len(element) and not element.text:
        return _WITHOUT_PREFIXES[found]
    children = Children(element)
    prefixes = children.take_if(_PREFIX_LIST) if found[0] else None
    children.finish()
    return Canonicalisation(*found, () if prefixes is None else _prefixes(prefixes))


def _prefixes(element: etree._Element) -> tuple[str, ...]:
    Children(element).finish()
    listed = element.get("PrefixList")
    if listed is None:
        raise ElementRefused
    prefixes = tuple(listed.split())
    if "#default" in prefixes:  # libxml2 would need it among its known names, and says nothing when it is not
        raise AlgorithmRefused("canonicalisation")
    return prefixes
