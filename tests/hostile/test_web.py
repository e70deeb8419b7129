"""Group W at the real desk: each try is refused or harmless, nothing but the audit changes, and no page fails."""

import hashlib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction

from tests.casework.intake.packages import MINASE
from tests.hostile import web
from tests.hostile.house import House, secrets_of, sound, undone
from tests.hostile.web import Desk, WebRow
from tests.support.clock import START
from todoke.casework.cases.models import Case
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

COUNTERS = {  # what is written about a try, and who sits at the desk
    "auditentry", "auditlink", "auditseal", "desksession", "session", "staff", "rolegrant", "signinname", "signintries",
    "usecount",
}  # fmt: skip


@pytest.fixture(scope="module")
def open_desk(house_of_module: House) -> Iterator[Desk]:
    """Three applications that have come to the desk and gone to the core system."""
    with undone(house_of_module) as house:
        for number in range(3):
            house.arrive(sound(number), number)
        house.open()
        house.carry_on()
        with scope(MINASE, read_only=True):
            uuids = [str(one) for one in Case.objects.order_by("pk").values_list("uuid", flat=True)]
        yield Desk(house, uuids)


@pytest.fixture
def desk(open_desk: Desk) -> Iterator[Desk]:
    """The desk as it was in the morning."""
    seals = open_desk.house.var / "seals"
    morning = {file: file.read_bytes() for file in seals.rglob("*") if file.is_file()}
    open_desk.house.clock.move_to(START)
    with transaction.atomic():
        yield Desk(open_desk.house, open_desk.uuids)
        transaction.set_rollback(True)
    for file in [one for one in seals.rglob("*") if one.is_file()]:
        file.unlink()
    for (
        file,
        content,
    ) in morning.items():  # the copies of seals that were rolled back are gone, the others are here
        file.write_bytes(content)


def rows_by_table() -> dict[str, str]:
    """A hash of every table of the town, but for counters and the audit."""
    found = {}
    with scope(MINASE, read_only=True):
        for model in apps.get_models():
            if model._meta.model_name not in COUNTERS and model._meta.managed:
                rows = sorted(map(repr, model._base_manager.values_list()))
                found[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.mark.parametrize("row", web.ROWS, ids=str)
def test_a_try_at_the_desk_changes_nothing_that_it_should_not(row: WebRow, desk: Desk) -> None:
    before = rows_by_table() if row.is_still else {}
    with web.written() as written:
        row.act(desk)
    if row.is_still:
        after = rows_by_table()
        assert {name for name in after if after[name] != before[name]} - row.but == set()
    with scope(MINASE):
        sealing.seal(at=now())
        assert audit.verify().is_whole
    for line in written.lines:
        assert "Traceback" not in line
        assert not [word for word in secrets_of(0) if word in line]
