"""Rows of group S: what arrives in which order, how much time passes, and where every letter must stand in the end.

A letter is a package by its 受付番号 and its bytes; what a real check would read from it is said here, so that a
thousand orders can be tried. The real check is run over real packages elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.casework.intake.packages import ACTOR, APPLIED, MINASE
from tests.support.clock import Clock
from todoke.casework.intake import services as intake
from todoke.casework.intake.models import Application
from todoke.casework.intake.values import (
    ApplicationForm,
    Contact,
    Evidence,
    Judged,
    PartyRole,
    Person,
    SignatureOutcome,
    SignatureState,
    StatedParty,
    Verdict,
)
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import Arrival, ChannelRef, ClaimedPackage, Listed, PackageState
from todoke.foundation.audit import services as audit
from todoke.foundation.claims import Claimant
from todoke.foundation.fence import scope
from todoke.foundation.vault import services as vault

ACCEPTED, PENDING, QUARANTINED = (
    PackageState.ACCEPTED.value,
    PackageState.PENDING.value,
    PackageState.QUARANTINED.value,
)
MANY = 2_000


@dataclass(frozen=True, slots=True)
class Letter:
    """One package: its 受付番号, its bytes, which 受付番号 it amends, whose it is, what the applicant signed."""

    number: str
    content: str = ""
    amends: str = ""
    serial: str = ""
    signed: str = ""
    applied_at: datetime = APPLIED

    def arrival(self) -> bytes:
        """The bytes."""
        return (self.content or f"letter {self.number}").encode()


@dataclass(frozen=True, slots=True)
class Wait:
    """Hours that pass."""

    hours: int


Step = Letter | Wait
Standing = tuple[str, str]  # state and code


@dataclass(frozen=True, slots=True)
class Order:
    """One row: the steps, and where each 受付番号 stands in the end; `copies` counts the packages that are stored."""

    number: str
    condition: str
    steps: Sequence[Step]
    expected: Mapping[str, Standing]
    copies: int = 0
    duplicates: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"


FIRST = Letter("01", serial="a1")
SECOND, THIRD = Letter("02", amends="01", serial="a1"), Letter("03", amends="02", serial="a1")
GOOD: Standing = (ACCEPTED, "")
WEEK = 24 * 7
ORDERS = (
    Order("S01", "the same a moment later", (FIRST, FIRST), {"01": GOOD}, copies=1),
    Order("S01", "the same a week later", (FIRST, Wait(WEEK), FIRST), {"01": GOOD}, copies=1),
    Order(
        "S03", "the same bytes under another number", (Letter("01", "same"), Letter("02", "same")),
        {"01": GOOD, "02": GOOD}, duplicates={"01": "none", "02": "same_content"},
    ),
    Order(
        "S03", "the same bytes under another number a year later",
        (Letter("01", "same"), Wait(24 * 365), Letter("02", "same")), {"01": GOOD, "02": GOOD},
        duplicates={"01": "none", "02": "same_content"},
    ),
    Order("S05", "an amendment before its original", (SECOND,), {"02": (PENDING, "SEQ-502")}),
    Order("S05", "and the original comes in time", (SECOND, Wait(71), FIRST), {"01": GOOD, "02": GOOD}),
    Order("S05", "after 72 hours it lies in quarantine", (SECOND, Wait(73)), {"02": (QUARANTINED, "SEQ-502")}),
    Order("S05", "and a late original frees it", (SECOND, Wait(100), FIRST), {"01": GOOD, "02": GOOD}),
    Order("S06", "of an application that nobody knows", (Letter("09", amends="77"),), {"09": (PENDING, "SEQ-502")}),
    Order(
        "S06", "nor after three days", (Letter("09", amends="77"), Wait(72)), {"09": (QUARANTINED, "SEQ-502")}
    ),
    Order("S07", "the third before the second", (FIRST, THIRD), {"01": GOOD, "03": (PENDING, "SEQ-502")}),
    Order("S07", "until the second comes", (FIRST, THIRD, SECOND), {"01": GOOD, "02": GOOD, "03": GOOD}),
    Order("S07", "all of it backwards", (THIRD, SECOND, FIRST), {"01": GOOD, "02": GOOD, "03": GOOD}),
    Order(
        "S11", "a signed letter in a new envelope", (Letter("01", "old", signed="s"), Letter("02", "new", signed="s")),
        {"01": GOOD, "02": (QUARANTINED, "SEQ-501")},
    ),
    Order(
        "S11", "a signed letter in a new envelope years later",
        (Letter("01", "old", signed="s"), Wait(24 * 700), Letter("02", "new", signed="s")),
        {"01": GOOD, "02": (QUARANTINED, "SEQ-501")},
    ),
    Order(
        "S11", "the same signed letter once more",
        (Letter("01", "old", signed="s"), Wait(WEEK), Letter("01", "old", signed="s")), {"01": GOOD}, copies=1,
    ),
    Order(
        "S11", "two people sign two letters", (Letter("01", signed="s"), Letter("02", signed="t")),
        {"01": GOOD, "02": GOOD},
    ),
)  # fmt: skip


@dataclass(slots=True)
class Post:
    """The channel, the clock, and what a check would have read from each letter."""

    channel: ChannelRef
    clock: Clock
    letters: dict[tuple[str, str], Letter] = field(default_factory=dict)

    def run(self, steps: Iterable[Step]) -> None:
        """Let the steps happen, judging whatever is due after each."""
        for step in steps:
            if isinstance(step, Letter):
                self.arrive([step])
            else:
                self.wait(step.hours)
            self.judge()

    def arrive(self, letters: Sequence[Letter]) -> list[int]:
        """Letters arrive; returns the ids of their packages."""
        with vault.batch(MINASE) as batch:
            written = [batch.add([one.arrival()]) for one in letters]
        arrivals = [
            Arrival(Listed(one.number, self.clock.now), blob, "")
            for one, blob in zip(letters, written, strict=True)
        ]
        for one, blob in zip(letters, written, strict=True):
            self.letters[one.number, blob.sha256] = one
        with scope(MINASE):
            received = relay.receive_packages(self.channel, arrivals, actor=ACTOR, at=self.clock.now)
        return [one.package_id for one in received]

    def wait(self, hours: int) -> None:
        """Time passes, day by day, with the seals that a running system makes."""
        with scope(MINASE):
            audit.seal(at=self.clock.now)
        self.clock.advance(hours=hours)

    def judge(self) -> None:
        """Judge what is due until nothing is."""
        while True:
            with scope(MINASE):
                claimed = relay.claim_packages(MANY, by=Claimant("worker-1", self.clock.now))
                if not claimed:
                    return
                judged = [Judged(one, "layout", "1", self._verdict(one)) for one in claimed]
                intake.store_batch(judged, actor=ACTOR, at=self.clock.now)

    def _verdict(self, one: ClaimedPackage) -> Verdict:
        letter = self.letters[one.receipt_number, one.content_hash]
        who = Person("織機　太郎", "オリハタ　タロウ", "1980-02-03")
        applicant = StatedParty(PartyRole.APPLICANT, 1, who.name, who.kana, who.birth)
        form = ApplicationForm(MINASE, letter.applied_at, who, Contact(), "手続", (), (applicant,))
        signed = {"signature": {"covers": "a"}, "members": [{"name": "a", "sha256": letter.signed}]}
        return Verdict(
            PackageState.ACCEPTED, signature=SignatureOutcome(SignatureState.NOT_REQUIRED), procedure="P12", form=form,
            serial=letter.serial, issuer_key="aa" * 20 if letter.serial else "", previous_receipt=letter.amends,
            evidence=Evidence(signed) if letter.signed else None,
        )  # fmt: skip

    def standings(self) -> dict[str, Standing]:
        """Where every 受付番号 stands."""
        with scope(MINASE):
            rows = Package.objects.order_by("pk").values_list("receipt_number", "state", "code")
            return {number: (state, code) for number, state, code in rows}

    def duplicates(self) -> dict[str, str]:
        """How every accepted letter relates to those before it."""
        with scope(MINASE):
            return dict(Application.objects.values_list("receipt_number", "duplicate_kind"))
