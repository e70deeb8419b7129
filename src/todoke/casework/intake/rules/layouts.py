"""A layout profile from its schema-checked document."""

from collections.abc import Mapping
from typing import Any

from todoke.casework.intake.values import (
    FieldPlace,
    FormLayout,
    LayoutProfile,
    ManifestLayout,
    SignatureFormat,
    SignatureLayout,
)
from todoke.casework.relay.values import Provenance
from todoke.proof.archive import Limits
from todoke.proof.report import ContentLimits
from todoke.proof.serials import SerialForm
from todoke.proof.xml import XmlLimits

Document = Mapping[str, Any]  # YAML that the schema has checked
_ARCHIVE = ("package_bytes", "member_bytes", "total_bytes", "members", "ratio", "name_bytes")
_CONTENT = {
    "image_pixels": "pixels", "document_pages": "pages", "page_points": "page_points", "office_ratio": "ratio",
    "line_bytes": "line_bytes", "preview_bytes": "preview_bytes",
}  # fmt: skip
_XML = {"xml_bytes": "bytes", "xml_depth": "depth", "xml_elements": "elements"}


def profile_of(document: Document) -> LayoutProfile:
    """The layout that a document describes."""
    forms, attachments, limits = document["forms"], document["attachments"], document["limits"]
    manifest, signature = document.get("manifest"), document.get("signature")
    return LayoutProfile(
        name=document["name"],
        provenance=Provenance(**{key: str(value) for key, value in document["provenance"].items()}),
        encodings=frozenset(document["encodings"]),
        applicant=FormLayout(**forms["applicant"]),
        application=FormLayout(**forms["application"]),
        procedure_attribute=forms["procedure_attribute"],
        title_attribute=forms["title_attribute"],
        applicant_fields={
            name: FieldPlace(place["item"], tuple(place["fragments"]), place.get("join", ""))
            for name, place in document["applicant_fields"].items()
        },
        items=document["items"],
        required_items=tuple(document["required_items"]),
        serial_form=SerialForm(document["serials"]["form"], document["serials"].get("full_width", False)),
        attachment_folder=attachments["folder"],
        types={extension: frozenset(kinds) for extension, kinds in attachments["types"].items()},
        types_source=attachments["types_source"],
        limits=Limits(**{key: limits[key] for key in _ARCHIVE if key in limits}),
        xml_limits=XmlLimits(**{ours: limits[key] for key, ours in _XML.items() if key in limits}),
        content_limits=ContentLimits(
            **{ours: limits[key] for key, ours in _CONTENT.items() if key in limits}
        ),
        manifest=_manifest(manifest) if manifest else None,
        signature=_signature(signature) if signature else None,
        clock_tolerance_minutes=document["times"]["clock_tolerance_minutes"],
        delivery_days=document["times"]["delivery_days"],
    )


def _manifest(part: Document) -> ManifestLayout:
    return ManifestLayout(part["member"], part["namespace"], part["required"])


def _signature(part: Document) -> SignatureLayout:
    return SignatureLayout(
        member=part["member"],
        covers=part.get("covers", part["member"]),
        policies=frozenset(part.get("policies", ())),
        format=SignatureFormat(part["format"]),
        procedure_policies={
            code: frozenset(policies) for code, policies in part.get("procedure_policies", {}).items()
        },
    )
