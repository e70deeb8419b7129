"""I1 to I6 of the catalogue, asserted after each row over the whole installation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tests.casework.intake.packages import MINASE, sha256
from tests.hostile.house import House
from tests.hostile.usage import Used
from todoke.casework.cases import services as cases
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import HandoverProgress
from todoke.casework.handover.models import Handover
from todoke.casework.intake.models import Application, Quarantine
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import PackageState
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.vault.queries import open_blob

MOST_WORKER_KIB = 256 * 1024
MOST_CONFINED_KIB = 512 * 1024
MOST_SECONDS = 10.0
ROOM = 4_000_000  # beside twice the bytes that came: a neighbour, and what the journey writes
SETTLED = ("receipted", "held", "refused")
CLERK = Viewer(MINASE, 1, "窓口 花", frozenset({Right.VIEW_CASES, Right.MOVE_CASES}), None)
WITHDRAWN_LATE = "SEQ-503"  # holds a case whose application has reached the core system already
Bytes = Mapping[int, bytes]  # by the package's id, what arrived


@dataclass(slots=True)
class Passage:
    """One row on its way: its packages, the good one behind them, what it used, what was logged, what must not be.

    `holds` is by package the code that held its case before a clerk let it go; `stay_held`: nobody lets it go.
    """

    hostile: Bytes
    neighbours: Bytes
    used: Used
    grown: int
    heard: list[str]
    secrets: Collection[str] = ()
    holds: dict[int, str] = field(default_factory=dict)
    stay_held: bool = False

    @property
    def package(self) -> int:
        """The first, and mostly the only, package of the row."""
        return next(iter(self.hostile))

    def note_first_standing(self) -> None:
        """Before anybody lets go what is held."""
        rows = Case.objects.filter(application__package_id__in=self.hostile)
        self.holds = dict(rows.values_list("application__package_id", "hold_code"))


def release_holds(packages: Sequence[int]) -> bool:
    """A clerk looks into every held case of these packages and lets it go; whether there was one."""
    held = Case.objects.filter(application__package_id__in=packages).exclude(hold_code="")
    for case in held:
        cases.release_hold(CLERK, case.uuid, version=case.version, note="確認した", at=now())
    return bool(held)


def assert_nobody_lost(house: House, passages: Sequence[Passage]) -> None:
    """What holds for a group at once: the chain is whole（I4）, no key came twice or from nobody（I3）, all is drained."""
    with scope(MINASE):
        sealing.seal(at=now())
        chain = audit.verify()
        assert chain.is_whole, f"I4: {chain}"
        delivered = house.core.delivered()
        assert set(delivered.values()) <= {1}, "I3: twice"
        ours = {package for one in passages for package in (*one.hostile, *one.neighbours)}
        assert set(Package.objects.values_list("pk", flat=True)) == ours
        keys = Handover.objects.filter(case__application__package_id__in=ours)
        assert set(delivered) <= set(keys.values_list("idempotency_key", flat=True)), "I3: from nobody"
        assert not Handover.objects.exclude(state__in=SETTLED).exists(), "I3: drained"


def assert_invariants(house: House, passage: Passage) -> None:
    """All six for one row, and for the good package behind it."""
    with scope(MINASE):
        for package_id, data in {**passage.hostile, **passage.neighbours}.items():
            assert_one_state(package_id)
            assert_original(package_id, data)
            assert_delivered_once(house, package_id)
            actions = [one.action for one in audit.of_object("package", str(package_id))]
            assert "package.received" in actions, "I4: a row for it"
        good = Package.objects.filter(pk__in=passage.neighbours).values_list("state", flat=True)
        assert set(good) <= {PackageState.ACCEPTED.value}
    assert_nothing_told(passage)
    assert_within_limits(passage)


def assert_one_state(package_id: int) -> None:
    """I1: accepted packages have an application, quarantined ones a stay, and nobody has both."""
    state = Package.objects.get(pk=package_id).state
    assert state in {one.value for one in PackageState}
    is_application = Application.objects.filter(package_id=package_id).exists()
    is_quarantined = Quarantine.objects.filter(package_id=package_id, released_at__isnull=True).exists()
    assert is_application == (state == PackageState.ACCEPTED.value)
    assert is_quarantined == (state == PackageState.QUARANTINED.value)


def assert_original(package_id: int, data: bytes) -> None:
    """I2: the bytes that arrived are readable and are the receipt's."""
    stored = Package.objects.get(pk=package_id)
    blob = open_blob(stored.blob_id)
    assert blob.sha256 == stored.content_hash == sha256(data)
    assert blob.read() == data


def assert_delivered_once(house: House, package_id: int) -> None:
    """I3: an accepted application that nothing holds has reached the core system once; any other never."""
    case = Case.objects.filter(application__package_id=package_id).first()
    key = (
        Handover.objects.filter(case=case).values_list("idempotency_key", flat=True).first() if case else None
    )
    times = house.core.delivered()[key or ""]
    is_free = case is not None and case.hold_code in ("", WITHDRAWN_LATE)
    assert times == int(is_free), "I3"
    if times:
        assert case is not None
        assert case.handover_state == HandoverProgress.RECEIPTED.value


def assert_nothing_told(passage: Passage) -> None:
    """I5: no traceback, and nothing of the applicant in what was logged."""
    for line in passage.heard:
        assert "Traceback" not in line
        assert not [word for word in passage.secrets if word in line]


def assert_within_limits(passage: Passage) -> None:
    """I6: memory and CPU time of the worker and of its confined children, and room on the disk."""
    used = passage.used
    assert used.grown_kib < MOST_WORKER_KIB
    assert used.confined_kib < MOST_CONFINED_KIB
    assert used.worker_seconds + used.confined_seconds < MOST_SECONDS
    assert passage.grown < 2 * sum(map(len, passage.hostile.values())) + ROOM
