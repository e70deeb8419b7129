"""What must come of each planted package: a small rule model of its own, sharing nothing with the product."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

JsonCounts = dict[str, int | dict[str, int]]
SIGNATURE_REQUIRED = frozenset({"P01", "P11", "P16", "P32", "P33"})
CORE_PROCEDURES = frozenset({"P01", "P02", "P11", "P12", "P16", "P20", "P22", "P27", "P32"})

QUARANTINED: Mapping[str, str] = {
    "truncated": "PKG-105",
    "bad_crc": "PKG-105",
    "traversal": "PKG-110",
    "symlink": "PKG-111",
    "encrypted": "PKG-114",
    "duplicate_names": "PKG-112",
    "nested": "PKG-101",
    "local_differs": "PKG-115",
    "prefixed": "PKG-116",
    "not_a_zip": "PKG-118",
    "empty_zip": "PKG-117",
    "bomb": "PKG-103",
    "doctype": "XML-201",
    "billion_laughs": "XML-201",
    "lying_encoding": "XML-220",
    "not_well_formed": "XML-210",
    "illegal_character": "XML-221",
    "unknown_procedure": "XML-212",
    "manifest_hash": "PKG-121",
    "manifest_absent_file": "PKG-120",
    "manifest_unlisted_file": "PKG-120",
    "no_manifest": "PKG-120",
    "signed_other_content": "SIG-301",
    "signature_value": "SIG-301",
    "signature_missing": "SIG-302",
    "revoked": "CRT-310",
    "expired": "CRT-310",
    "foreign_ca": "CRT-311",
    "foreign_ca_inside": "CRT-311",
    "wrong_purpose": "CRT-311",
    "other_town": "SEQ-504",
}
PENDING: Mapping[str, str] = {"list_missing": "REV-331", "resubmission_unknown": "SEQ-502"}
DUPLICATES = {
    "ten_times": "same_person",
    "same_content": "same_content",
    "same_receipt": "same_receipt",
    "resubmission": "resubmission",
}
IDENTITIES = {"serial_unknown": "unknown", "serial_renewed": "renewed", "serial_conflict": "conflict"}
DUPLICATE_HOLDS = {"same_content": "DUP-511", "same_receipt": "DUP-512", "same_person": "DUP-513"}


@dataclass(frozen=True, slots=True)
class Planted:
    """The facts about one package that decide its fate; `is_first` marks the original of a repeated group.

    `has_agent`: a 代理人 applies with their own card for the applicant.
    """

    receipt_number: str
    organisation: str
    channel: str
    file: str
    kind: str
    procedure: str
    is_signed: bool
    is_first: bool
    is_foreign_resident: bool
    has_agent: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the truth file; null means that the question was never reached."""

    receipt_number: str
    organisation: str
    channel: str
    file: str
    kind: str
    package: str
    code: str | None
    signature: str | None
    identity: str | None
    case: bool
    handover: str
    hold_code: str | None
    status_notice: str
    duplicate: str


def outcome(planted: Planted) -> Outcome:
    """Say what must come of a package."""
    if planted.kind in QUARANTINED:
        code = QUARANTINED[planted.kind]
        return _stopped(planted, "quarantined", code, "invalid" if code[:3] in ("SIG", "CRT") else None)
    if planted.kind in PENDING:
        code = PENDING[planted.kind]
        return _stopped(
            planted, "pending", code, "indeterminate" if code == "REV-331" else _signature(planted)
        )
    return _accepted(planted)


def _stopped(planted: Planted, package: str, code: str, signature: str | None) -> Outcome:
    return Outcome(
        **_place(planted),
        package=package,
        code=code,
        signature=signature,
        identity=None,
        case=False,
        handover="none",
        hold_code=None,
        status_notice="none",
        duplicate="none",
    )


def _accepted(planted: Planted) -> Outcome:
    identity, duplicate = _identity(planted), _duplicate(planted)
    hold = _hold_code(planted, identity, duplicate)
    return Outcome(
        **_place(planted),
        package="accepted",
        code=None,
        signature=_signature(planted),
        identity=identity,
        case=True,
        handover=_handover(planted, hold),
        hold_code=hold,
        status_notice="answered" if planted.channel == "portal" else "to_type",
        duplicate=duplicate,
    )


def _place(planted: Planted) -> dict[str, str]:
    wanted = ("receipt_number", "organisation", "channel", "file", "kind")
    return {name: getattr(planted, name) for name in wanted}


def _signature(planted: Planted) -> str:
    return "valid" if planted.is_signed else "not_required"


def _identity(planted: Planted) -> str:
    if planted.organisation.startswith("990"):
        return "not_asked"
    if planted.has_agent:
        return "unknown"  # the serial is the agent's; whom the agent stands for has to be found
    return "unknown" if planted.is_foreign_resident else IDENTITIES.get(planted.kind, "matched")


def _duplicate(planted: Planted) -> str:
    return "none" if planted.is_first else DUPLICATES.get(planted.kind, "none")


def _is_for_core(planted: Planted) -> bool:
    return planted.procedure in CORE_PROCEDURES and not planted.organisation.startswith("990")


def _hold_code(planted: Planted, identity: str, duplicate: str) -> str | None:
    """Apply the order of precedence: repetition, then a person not found, then characters."""
    if not _is_for_core(planted):
        return None
    if duplicate in DUPLICATE_HOLDS:
        return DUPLICATE_HOLDS[duplicate]
    if identity not in ("matched", "renewed") or planted.kind == "party_unknown":
        return "EXP-702"
    return "CHR-401" if planted.kind == "unencodable_name" else None


def _handover(planted: Planted, hold: str | None) -> str:
    if not _is_for_core(planted):
        return "none"
    if hold:
        return "held"
    return "refused" if planted.kind == "core_refuses" else "receipted"


def summary(outcomes: Iterable[Outcome], refusals: Mapping[str, str]) -> JsonCounts:
    """Count the outcomes under the keys that the demo's summary uses; `refusals` is receipt → core's code."""
    rows = list(outcomes)
    handed = [row for row in rows if row.handover in ("receipted", "refused")]
    notices = Counter(row.status_notice for row in rows)
    return {
        "received": len(rows),
        "accepted": sum(row.package == "accepted" for row in rows),
        "quarantined": _count(row.code for row in rows if row.package == "quarantined"),
        "pending": _count(row.code for row in rows if row.package == "pending"),
        "identified": {
            key: sum(row.identity == key for row in rows)
            for key in ("matched", "renewed", "unknown", "conflict", "not_asked")
        },
        "opened": sum(row.case for row in rows),
        "handed_over": len(handed),
        "receipted": sum(row.handover == "receipted" for row in handed),
        "refused": _count(refusals[row.receipt_number] for row in handed if row.handover == "refused"),
        "held": _count(row.hold_code for row in rows if row.handover == "held"),
        "answered": notices["answered"],
        "to_type": notices["to_type"],
        "duplicates": _count(row.duplicate for row in rows if row.duplicate != "none"),
    }


def _count(keys: Iterable[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(key for key in keys if key is not None).items()))


def as_json(row: Outcome) -> dict[str, str | bool | None]:
    return asdict(row)
