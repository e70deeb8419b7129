"""Rows and tables that describe the world to its readers: residents' columns, organisations, staff, old revocations."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from cryptography import x509

from . import names, pki, places
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
# Role names of the product's accounts (受付・審査・決裁・連携・監査・利用者管理・システム管理).
SECTION_CLERK = ("reception", "examination")
SECTION_CHIEF = ("examination", "decision")
WHOLE_ORGANISATION: dict[str, tuple[str, ...]] = {
    "linkage": ("linkage",),
    "auditor": ("auditing",),
    "admin": ("staff_administration", "system_administration"),
    "dx": ("programme", "support"),
    "head": ("leadership",),
}
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
    """Return a clerk and a chief for each section with procedures, and three who see the whole organisation."""
    sections = [section for section in organisation.sections if section.procedures]
    people = iter(_staff_names(organisation))
    found: list[dict[str, object]] = []
    for section in sections:
        found.append(_member(organisation, section.code, next(people), section.code, SECTION_CLERK))
        found.append(
            _member(organisation, f"{section.code}-chief", next(people), section.code, SECTION_CHIEF)
        )
    for login, roles in WHOLE_ORGANISATION.items():
        found.append(_member(organisation, login, next(people), None, roles))
    return found


def _member(
    organisation: places.Organisation, login: str, name: str, section: str | None, roles: tuple[str, ...]
) -> dict[str, object]:
    return {"id": f"{organisation.code}-{login}", "name": name, "section": section, "roles": list(roles)}


def _staff_names(organisation: places.Organisation) -> Iterator[str]:
    rng = Random(f"staff/{organisation.code}")
    while True:
        name = names.full_name(rng, names.family_name(rng), female=rng.random() < 0.5)
        if names.fits_windows_31j(name.written):
            yield name.written
