"""Whether a signer's certificate was revoked, by what was chosen for the channel and the procedure（失効の確かめ）.

A checker answers or it does not; what nobody answers is unknown and waits（decision 14）. Whatever was chosen, an
entry of a list that is in force here is never overlooked: a channel cannot make a revoked certificate good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from todoke.casework.intake.values import Answered, Trust
from todoke.casework.relay.values import RecordedCheck, RecordedStanding
from todoke.casework.trust.values import Checker, RevocationChoice
from todoke.proof.chain import CheckedCertificate
from todoke.proof.revocation import Doubt, ListIdentity, Reason, Revocation, RevocationIndex, Standing

CLOCK_TOLERANCE = timedelta(minutes=5)
BECAUSE = {
    "no_list": "失効リストがありません",
    "stale": "失効情報が古いか、期限切れです",
    "future": "失効情報の日付が未来です",
    "lifted": "失効リストに「一時停止の解除」だけがあります",
    "no_checker": "確かめる手段がない、という選択です",
    "no_result": "受付経路が検証結果を伝えていません",
    "no_provenance": "受付経路の検証結果に、だれが・いつ・何で確かめたかがありません",
    "other_certificate": "受付経路の検証結果が、別の証明書のものです",
    "unread": "受付経路の検証結果を読み取れません",
    "revoked_undated": "受付経路は失効と伝えましたが、いつからか分かりません",
}


@dataclass(frozen=True, slots=True)
class Question:
    """As of when a certificate is judged, what time it is, which choice counts, and what the channel said."""

    moment: datetime
    now: datetime
    choice: RevocationChoice
    recorded: RecordedCheck | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer and who gave it. `why` says why there is none; `lists` is the list that answered or could not."""

    standing: Standing
    by: Answered
    is_on_hold: bool = False
    reason: str = ""
    since: datetime | None = None
    why: str = ""
    lists: ListIdentity | None = None

    @property
    def because(self) -> str:
        """`why` in words."""
        return BECAUSE.get(self.why, "")


def ask(checked: CheckedCertificate, trust: Trust, question: Question) -> Answer:
    """Ask what was chosen, in its order."""
    listed = trust.revocation.status(
        checked.issuer_key, checked.serial_hex, question.moment, now=question.now,
        distribution_points=checked.distribution_points,
    )  # fmt: skip
    checker = question.choice.checker
    has_entry = listed.since is not None and listed.standing is not Standing.UNKNOWN
    if has_entry or checker in (Checker.LIST, Checker.LIST_IF_PRESENT):
        return _of_list(listed)
    if checker is Checker.LIST_THEN_CHANNEL and listed.standing is Standing.GOOD:
        return _of_list(listed)
    if checker.asks_channel:
        return _of_channel(question, checked.serial_hex, listed.by)
    return Answer(Standing.UNKNOWN, Answered.NOBODY, why="no_checker", lists=listed.by)


def is_let_pass(answer: Answer, trust: Trust, checker: Checker) -> bool:
    """Whether an absent list is only noted: a trial's default, and only where no list of ours was refused."""
    is_absent = answer.why == Doubt.NO_LIST and not trust.revocation.refused
    return checker is Checker.LIST_IF_PRESENT and is_absent


def _of_list(listed: Revocation) -> Answer:
    by = Answered.NOBODY if listed.standing is Standing.UNKNOWN else Answered.LIST
    return Answer(
        listed.standing, by, listed.is_on_hold, listed.reason.value if listed.reason else "", listed.since,
        listed.why.value if listed.why else "", listed.by,
    )  # fmt: skip


def _of_channel(question: Question, serial: str, lists: ListIdentity | None) -> Answer:
    """What the channel's result says as of the moment; nothing, when it cannot be relied on."""
    found = question.recorded
    doubt = _doubt(found, question, serial)
    if found is None or doubt:
        return Answer(Standing.UNKNOWN, Answered.NOBODY, why=doubt, lists=lists)
    if found.standing is RecordedStanding.HOLD:
        hold = Reason.CERTIFICATE_HOLD.value
        return Answer(
            Standing.REVOKED, Answered.CHANNEL, True, hold, found.since or found.checked_at, "", lists
        )
    if found.standing is RecordedStanding.REVOKED:
        since = found.since or found.checked_at
        assert since is not None  # a result without its time has been refused
        standing = Standing.REVOKED if since <= question.moment + _slack(found) else Standing.GOOD
        return Answer(standing, Answered.CHANNEL, since=since, lists=lists)
    return Answer(Standing.GOOD, Answered.CHANNEL, lists=lists)


def _slack(found: RecordedCheck) -> timedelta:
    """A stated date is exact; where only the time of the check is known, clocks may differ."""
    return timedelta() if found.since else CLOCK_TOLERANCE


def _doubt(found: RecordedCheck | None, question: Question, serial: str) -> str:
    """Why a channel's result must not be relied on; empty when it may."""
    if found is None:
        return "no_result"
    if found.checked_at is None or not found.checked_by or not found.means:
        return "no_provenance"
    if found.serial and found.serial != serial:
        return "other_certificate"
    if found.checked_at > question.now + CLOCK_TOLERANCE:
        return "future"
    if found.standing is RecordedStanding.UNKNOWN:
        return "unread"
    is_later = found.checked_at > question.moment + CLOCK_TOLERANCE
    if found.standing is RecordedStanding.REVOKED and found.since is None and is_later:
        return "revoked_undated"
    is_earlier = found.checked_at < question.moment - CLOCK_TOLERANCE
    return "stale" if is_earlier and found.standing is not RecordedStanding.REVOKED else ""


def may_answer_now(
    record: Mapping[str, Any], lists: RevocationIndex, choice: RevocationChoice, now: datetime
) -> bool:
    """Whether a package that waits would be answered now: somebody chose anew, or a list came that was not there.

    `record` is the evidence of the last judgement. A channel's later result is told by the relay.
    """
    found, signer = record.get("revocation"), record.get("certificate") or {}
    if not found:
        return False
    if choice.id != (found["choice"] or {}).get("number"):
        return True
    if choice.checker in (Checker.CHANNEL, Checker.NOBODY):
        return False
    asked = (found["list"] or {}).get("sha256")
    in_force = [
        one for one in lists.lists if one.issuer_key == signer.get("issuer_key") and not one.doubt(now, now)
    ]
    return any(one.identity.sha256 != asked or found["why"] == Doubt.FUTURE for one in in_force)
