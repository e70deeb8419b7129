"""Who the people of an application are, each found on its own way: certificate, stated number, or being the applicant.

The certificate with which an application was sent belongs to the applicant, unless an agent（代理人）applies: then it
is the agent's, and the applicant remains to be found (C16). Nobody is found by name: a name only says that a stated
person is the applicant, who was found otherwise.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from todoke.casework.identify.values import (
    REGISTERS,
    IdentityResult,
    IdentityState,
    LinkBook,
    LinkKey,
    PartyDraft,
    PartyRole,
)
from todoke.casework.intake.values import ApplicationForm, StatedParty
from todoke.japanese import names

from . import rows
from .resolving import UNKNOWN, resolve

NOT_ASKED = IdentityResult(IdentityState.NOT_ASKED)


def drafts(form: ApplicationForm, certificate: LinkKey | None) -> list[PartyDraft]:
    """The people of an application, the applicant first, each with the key that speaks for it."""
    stated = [party for party in form.parties if party.role is not PartyRole.APPLICANT]
    has_agent = any(party.role is PartyRole.AGENT for party in stated)
    who = form.applicant
    applicant = PartyDraft(
        PartyRole.APPLICANT, 1, who.name, who.kana, who.birth, key=None if has_agent else certificate
    )
    return [applicant, *(_draft(party, certificate) for party in stated)]


def _draft(party: StatedParty, certificate: LinkKey | None) -> PartyDraft:
    key = certificate if party.role is PartyRole.AGENT and party.position == 1 else None
    register = REGISTERS.get(party.role)
    if register is not None:
        number = stated_number(party.number)
        key = LinkKey(register, number) if rows.is_number(number) else None
    return PartyDraft(party.role, party.position, party.name, party.kana, party.birth, party.number, key)


def stated_number(text: str) -> str:
    """A number as people type it, in one form: full-width digits, spaces and separators are theirs, not the number's."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if character.isalnum())


def find(people: Sequence[PartyDraft], book: LinkBook, at: datetime) -> list[IdentityResult]:
    """Who each person is, in the order given; the applicant stands first. `at` is the time of application."""
    applicant, *others = people
    found = _by_key(applicant, book, at)
    copies = [person for person in others if is_same_person(person, applicant)]
    return [
        found,
        *(found if _takes_from_applicant(person, copies) else _by_key(person, book, at) for person in others),
    ]


def _by_key(person: PartyDraft, book: LinkBook, at: datetime) -> IdentityResult:
    if person.key is None:
        return UNKNOWN
    links = book.links(person.key)
    return resolve(links, at, book.of_same_numbers(links))


def _takes_from_applicant(person: PartyDraft, copies: Sequence[PartyDraft]) -> bool:
    """Whether the person is the applicant and nobody else of that role could be."""
    has_own_key = person.key is not None or bool(person.stated_number)
    return not has_own_key and [copy for copy in copies if copy.role is person.role] == [person]


def is_same_person(person: PartyDraft, applicant: PartyDraft) -> bool:
    """Whether a stated person is the applicant: same name and birth; a 世帯主, stated without birth: name and kana."""
    if not person.name or names.search_key(person.name) != names.search_key(applicant.name):
        return False
    if person.role is PartyRole.HEAD and not person.birth:
        return bool(person.kana) and names.kana_key(person.kana) == names.kana_key(applicant.kana)
    return bool(person.birth) and person.birth == applicant.birth
