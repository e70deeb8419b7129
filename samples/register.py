"""Rows and tables that describe the world to its readers: residents' columns, organisations, staff, old revocations."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from cryptography import x509

from . import pki, places
from .pki import Revoked
from .residents import Resident

RESIDENT_COLUMNS = (
    "number", "household", "relation", "name", "kana", "birth", "sex", "address", "previous_address", "moved_in",
    "status", "status_since", "protected", "insured_number",
)  # fmt: skip
CHANNEL_NAMES = {
    "portal": "マイナポータル（試験用の偽窓口）",
    "folder": "受付フォルダー（手作業で置いたZIP）",
}
STAFF_NAMES = ("露木 澄乃", "汐見 律斗", "雲居 楓葉", "麦野 朔也", "灯坂 環江")
OTHER_REVOCATIONS = 200


def resident_row(resident: Resident) -> tuple[str, ...]:
    """Return a resident as text columns; empty where there is nothing."""
    return (
        resident.number,
        f"{resident.household:08d}",
        resident.relation,
        resident.name.written,
        resident.name.kana,
        resident.birth.isoformat(),
        "2" if resident.female else "1",
        resident.address,
        resident.previous_address,
        resident.moved_in.isoformat() if resident.moved_in else "",
        resident.status,
        resident.status_since.isoformat() if resident.status_since else "",
        "1" if resident.protected else "",
        resident.insured_number or "",
    )


def other_revocations(generation: int) -> Iterator[Revoked]:
    """Yield revocations of certificates that nobody in the world holds, so that a list is not nearly empty."""
    rng = Random(f"revocations/{generation}")
    reasons = (
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.cessation_of_operation,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.certificate_hold,
    )
    # Residents' serials have at most 31 bits; these lie above them.
    for serial in rng.sample(range(1 << 31, 1 << 32), OTHER_REVOCATIONS):
        at = (pki.LIST_FROM - timedelta(hours=rng.randint(1, 9_000))).replace(minute=0)
        yield Revoked(serial, at, rng.choice(reasons))


def as_json(seed: int) -> dict[str, object]:
    """Describe organisations, channels, sections, procedures and staff for whoever sets up a demo."""
    return {
        "clock": places.CLOCK.isoformat(),
        "seed": seed,
        "layout_profile": "pittari-xml-sample",
        "core_profile": "sample-core",
        "organisations": [_organisation(organisation) for organisation in places.ORGANISATIONS],
    }


def _organisation(organisation: places.Organisation) -> dict[str, object]:
    return {
        "code": organisation.code,
        "name": organisation.name,
        "kind": organisation.kind.value,
        "channel": _channel(organisation),
        "sections": [{"code": section.code, "name": section.name} for section in organisation.sections],
        "procedures": {
            code: section.code for section in organisation.sections for code in section.procedures
        },
        "staff": _staff(organisation),
        "links": f"links/{organisation.code}.csv" if organisation.is_town else None,
    }


def _channel(organisation: places.Organisation) -> dict[str, str] | None:
    if organisation.channel is None:
        return None
    found = {"kind": organisation.channel, "name": CHANNEL_NAMES[organisation.channel]}
    if organisation.channel == "portal":
        return found | {"provider_id": organisation.code, "password": f"sample-{organisation.code}"}
    return found | {"path": f"folder/{organisation.code}"}


def _staff(organisation: places.Organisation) -> list[dict[str, object]]:
    """Return one clerk for each section with procedures, and an administrator without a section."""
    with_work = [section for section in organisation.sections if section.procedures]
    clerks: list[dict[str, object]] = [
        {
            "id": f"{organisation.code}-{section.code}",
            "name": name,
            "section": section.code,
            "roles": ["clerk"],
        }
        for section, name in zip(with_work, STAFF_NAMES, strict=False)
    ]
    administrator = {"id": f"{organisation.code}-admin", "name": STAFF_NAMES[-1], "section": None}
    return [*clerks, {**administrator, "roles": ["administrator"]}]
