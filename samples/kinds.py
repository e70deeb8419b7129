"""The mix: which kinds of packages are planted, how many of 300, and where each kind may occur."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import places

TOWN_PROCEDURES = ("P01", "P11", "P12", "P15", "P16", "P20", "P22", "P27", "P32", "P33")
PREFECTURE_PROCEDURES = ("P30",)
ANY = (*TOWN_PROCEDURES, *PREFECTURE_PROCEDURES)
SIGNED = tuple(procedure for procedure in TOWN_PROCEDURES if procedure in places.SIGNATURE_REQUIRED)
# Procedures that the sample core system takes: here a hold, a refusal or a hand-over shows.
CORE = ("P01", "P11", "P12", "P16", "P20", "P22", "P27", "P32")
INSURED = ("P16", "P20", "P22")
GOOD = "good"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often a kind is planted in 300 packages (groups, not packages), and its limits."""

    groups: int
    procedures: tuple[str, ...] = ANY
    members: int = 1
    portal_only: bool = False


MIX: Mapping[str, Recipe] = {
    # One person who presses the button ten times, and other repetitions.
    "ten_times": Recipe(1, ("P12",), members=10),
    "same_content": Recipe(2, CORE, members=2),
    "same_receipt": Recipe(2, CORE, members=2, portal_only=True),
    "resubmission": Recipe(4, CORE, members=2),
    "resubmission_unknown": Recipe(2, CORE),
    # Who is it?
    "serial_unknown": Recipe(6, CORE),
    "serial_renewed": Recipe(8, CORE),
    "serial_conflict": Recipe(2, CORE),
    "serial_twin": Recipe(1, ("P12", "P20", "P27"), members=2),
    "serial_smartphone": Recipe(4, CORE),
    "party_unknown": Recipe(3, INSURED),
    # Oddities that are accepted.
    "unencodable_name": Recipe(4, CORE),
    "core_refuses": Recipe(4, CORE),
    "heic": Recipe(3, CORE),
    "xml_windows_31j": Recipe(4),
    "names_cp932": Recipe(4),
    "names_utf8_unflagged": Recipe(2),
    "bare_signature": Recipe(2, SIGNED),
    "revoked_after": Recipe(1, SIGNED),
    "list_twice": Recipe(3, portal_only=True),
    "fetch_once_fails": Recipe(3, portal_only=True),
    # Signature and certificate.
    "list_missing": Recipe(3, SIGNED),
    "signed_other_content": Recipe(2, SIGNED),
    "signature_value": Recipe(1, SIGNED),
    "signature_missing": Recipe(2, SIGNED),
    "revoked": Recipe(2, SIGNED),
    "expired": Recipe(1, SIGNED),
    "foreign_ca": Recipe(1, SIGNED),
    "foreign_ca_inside": Recipe(1, SIGNED),
    "wrong_purpose": Recipe(1, SIGNED),
    # Address, form and manifest.
    "other_town": Recipe(2, TOWN_PROCEDURES),
    "unknown_procedure": Recipe(2, TOWN_PROCEDURES),
    "doctype": Recipe(1),
    "billion_laughs": Recipe(1),
    "lying_encoding": Recipe(1),
    "not_well_formed": Recipe(1),
    "illegal_character": Recipe(1),
    "manifest_hash": Recipe(2),
    "manifest_absent_file": Recipe(1),
    "manifest_unlisted_file": Recipe(1),
    "no_manifest": Recipe(1),
    # Container.
    "truncated": Recipe(2),
    "bad_crc": Recipe(1),
    "traversal": Recipe(1),
    "symlink": Recipe(1),
    "encrypted": Recipe(1),
    "duplicate_names": Recipe(1),
    "nested": Recipe(1),
    "local_differs": Recipe(1),
    "prefixed": Recipe(1),
    "not_a_zip": Recipe(1),
    "empty_zip": Recipe(1),
    "bomb": Recipe(1),
}
PLANTED_MAX = 0.45
STRIDE = 7


def groups_of(packages: int) -> list[tuple[str, int]]:
    """Return (kind, members) of the planted groups for a world; a small one gets some kinds of every family."""
    found: list[tuple[str, int]] = []
    left = int(packages * PLANTED_MAX)
    for kind, recipe in (pair for start in range(STRIDE) for pair in list(MIX.items())[start::STRIDE]):
        for _ in range(max(1, round(recipe.groups * packages / 300))):
            if recipe.members <= left:
                found.append((kind, recipe.members))
                left -= recipe.members
    return found
