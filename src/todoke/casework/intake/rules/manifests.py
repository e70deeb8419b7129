"""The manifest（目録）: every member listed, every listed file there, with its size and hash（Z40, Z41）."""

from collections.abc import Mapping

from lxml import etree

from todoke.casework.intake.values import LayoutProfile, ManifestLayout, SignatureFormat
from todoke.proof import xml

from .contents import Contents, Digest
from .refusals import Refusal


def check_manifest(contents: Contents, profile: LayoutProfile) -> frozenset[str]:
    """Compare the manifest with the members; returns the names it covers.

    Raises Refusal: PKG-120 missing or extra files (or no manifest where the layout wants one), PKG-121 another
    hash or size; XmlRefused for a broken one. The digests come from the only pass over the bytes.
    """
    layout = profile.manifest
    if layout is None:
        return frozenset()
    content = contents.kept.get(layout.member)
    if content is None:
        if layout.is_required:
            raise Refusal("PKG-120", where=layout.member, missing=0, extra=len(contents.digests))
        return frozenset()
    root = xml.parse(content, encodings=profile.encodings, limits=profile.xml_limits)
    listed = _listed(root, layout)
    outside = {layout.member, profile.signature.member if profile.signature else layout.member}
    if profile.signature and profile.signature.format is SignatureFormat.XML_ENVELOPED:
        outside -= (
            listed.keys()
        )  # a form with its signature in it may be listed, unless that signature covers the list
    present = contents.digests.keys() - outside
    if listed.keys() != present:
        missing, extra = len(listed.keys() - present), len(present - listed.keys())
        raise Refusal("PKG-120", where=layout.member, missing=missing, extra=extra)
    for name, stated in listed.items():
        if contents.digests[name] != stated:
            raise Refusal("PKG-121", where=name)
    return frozenset(listed)


def _listed(root: etree._Element, layout: ManifestLayout) -> Mapping[str, Digest]:
    namespace = etree.QName(root).namespace or ""
    if etree.QName(root).localname != "manifest":
        raise Refusal("XML-210", where=layout.member)
    if namespace != layout.namespace:
        raise Refusal("XML-211", where=layout.member, version=namespace[:100])
    file = f"{{{layout.namespace}}}file" if layout.namespace else "file"
    listed: dict[str, Digest] = {}
    for line in root:
        name, size, digest = line.get("name"), line.get("size", ""), line.get("sha256", "")
        if line.tag != file or name is None or not (size.isascii() and size.isdigit()):
            raise Refusal("XML-210", where=layout.member)
        if name in listed:
            raise Refusal("PKG-120", where=layout.member, missing=0, extra=1)
        listed[name] = Digest(int(size[:20]), digest.lower())
    return listed
