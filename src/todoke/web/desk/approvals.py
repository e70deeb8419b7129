"""Which decisions wait for a second person, who may be that person, and on which page the decision is shown.

A new kind is one line here. Its page shows what was proposed and confirms it; `object_id` of the proposal holds
the arguments of that page, in this order, separated by "/".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approvals
from todoke.foundation.approvals.values import Proposal


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of decision: its words, the right that confirming needs, its page and that page's arguments."""

    words: str
    right: Right
    page: str
    arguments: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "identity.decision": Kind(
        "本人特定の決定", Right.DECIDE_IDENTITY, "desk:decide-party", ("uuid", "party_id")
    ),
    "attachment.release": Kind(
        "添付原本の開示", Right.RELEASE_ATTACHMENTS, "desk:attachment-release", ("uuid", "attachment_id")
    ),
    "cases.export": Kind("長い一覧の出力", Right.APPROVE_EXPORTS, "desk:export-request", ("uuid",)),
    "disposal.run": Kind(
        "保存期間が過ぎたものの廃棄", Right.APPROVE_DISPOSAL, "desk:disposal-run", ("uuid",)
    ),
}


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One line of the list; the reason stays on the decision's own page, because it may name somebody."""

    words: str
    address: str
    maker: str
    made_at: datetime
    expires_at: datetime
    is_mine: bool


def kinds_for(viewer: Viewer) -> frozenset[str]:
    """The kinds that this person may confirm."""
    return frozenset(kind for kind, one in KINDS.items() if viewer.may(one.right))


def lines_for(viewer: Viewer, *, at: datetime) -> list[ProposalLine]:
    """What waits for this person's confirmation, or for somebody else's where this person proposed it."""
    names = {str(person.pk): person.display_name for person in accounts.all_staff()}
    return [
        ProposalLine(
            KINDS[one.kind].words, address_of(one), names.get(one.made_by, one.made_by), one.made_at, one.expires_at,
            is_mine=one.made_by == str(viewer.staff_id),
        )
        for one in approvals.open_proposals(kinds=kinds_for(viewer), at=at)
    ]  # fmt: skip


def waiting_for(viewer: Viewer, *, at: datetime) -> int:
    """How many decisions wait that somebody else made and this person may confirm; one query at most."""
    kinds = kinds_for(viewer)
    found = approvals.open_proposals(kinds=kinds, at=at) if kinds else ()
    return sum(one.made_by != str(viewer.staff_id) for one in found)


def address_of(proposal: Proposal) -> str:
    """The page on which a proposal is shown and confirmed; nothing when its object names no page."""
    kind = KINDS[proposal.kind]
    try:
        return reverse(
            kind.page, kwargs=dict(zip(kind.arguments, proposal.object_id.split("/"), strict=False))
        )
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class AloneLine:
    """Who may confirm what alone, in words."""

    staff_id: int
    name: str
    kind: str
    words: str
    allowed_at: datetime
    allowed_by: str


def alone_lines() -> list[AloneLine]:
    """Everybody who may confirm something alone."""
    names = {str(person.pk): person.display_name for person in accounts.all_staff()}
    return [
        AloneLine(
            one.staff_id, names.get(str(one.staff_id), "－"), one.kind,
            KINDS[one.kind].words if one.kind in KINDS else one.kind, one.allowed_at,
            names.get(one.allowed_by, one.allowed_by),
        )
        for one in approvals.lone_confirmations()
    ]  # fmt: skip
