"""Originals are read again at night, some each night; what has turned is found, told, and forgotten once it is mended."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.fence import scope
from todoke.foundation.vault import queries, services
from todoke.foundation.vault.models import Blob, DamagedOriginal, Reread
from todoke.foundation.vault.services.rereading import is_night

from .conftest import ACTOR, NOW

NIGHT = datetime(2026, 4, 6, 14, 0, tzinfo=UTC)  # 23:00 in Japan


@pytest.fixture
def town(towns: tuple[str, str], settings: Settings) -> str:
    """みなせ市 with four originals, to be read within two days."""
    settings.TODOKE_REREAD_DAYS = 2
    with services.batch(towns[0]) as batch:
        written = [batch.add([bytes([number]) * 100]) for number in range(4)]
    with scope(towns[0]):
        services.register(written, at=NOW)
    return towns[0]


def reread(town: str, at: datetime = NIGHT) -> int:
    count = services.reread(town, actor=ACTOR, at=at)
    with scope(town):
        sealing.seal(at=at)
    return count


def flip(town: str, index: int) -> None:
    """Turn one bit of an original on the disk; once more turns it back."""
    with scope(town, read_only=True):
        row = Blob.objects.order_by("pk")[index]
    path = Path(django_settings.TODOKE_VAULT_DIR) / town / row.segment
    content = bytearray(path.read_bytes())
    content[row.offset + 5] ^= 1
    path.write_bytes(content)


def test_F24_a_bit_that_has_turned_is_found_within_the_days_and_told(town: str) -> None:
    flip(town, 3)
    assert [reread(town), reread(town)] == [2, 0]
    with scope(town, read_only=True):
        assert queries.reread_standing().damaged == 0
    assert reread(town, NIGHT + timedelta(days=1)) == 2
    with scope(town, read_only=True):
        standing = queries.reread_standing()
        assert (standing.damaged, standing.passed_at) == (1, NIGHT + timedelta(days=1))
        found = DamagedOriginal.objects.get()
        assert [one.action for one in audit.of_object("blob", str(found.blob_id))] == ["vault.damage_found"]


def test_what_was_mended_is_damaged_no_more(town: str, settings: Settings) -> None:
    settings.TODOKE_REREAD_DAYS = 1
    flip(town, 0)
    assert reread(town) == 4
    flip(town, 0)
    assert reread(town, NIGHT + timedelta(days=1)) == 4
    with scope(town, read_only=True):
        assert queries.reread_standing().damaged == 0
        assert DamagedOriginal.objects.get().mended_at == NIGHT + timedelta(days=1)


def test_a_night_goes_from_22_to_5_in_japan_and_is_one_night(town: str) -> None:
    assert [is_night(NIGHT + timedelta(hours=hours)) for hours in (-2, -1, 5, 6)] == [
        False,
        True,
        True,
        False,
    ]
    assert reread(town, NIGHT - timedelta(hours=3)) == 0
    assert reread(town) == 2
    assert reread(town, NIGHT + timedelta(hours=4)) == 0  # after midnight it is still the same night


def test_whoever_comes_second_counts_nothing_twice(town: str) -> None:
    from todoke.foundation.vault.services import rereading

    with scope(town):
        place = rereading._tonight(NIGHT)
        rows = rereading._next(place)
        rereading._note(place, rows, [], actor=ACTOR, at=NIGHT)
        rereading._note(place, rows, [rows[0].pk], actor=ACTOR, at=NIGHT)
        assert Reread.objects.get().done == 2
        assert not DamagedOriginal.objects.exists()


def test_what_was_disposed_of_is_not_read_and_nothing_is_read_when_it_is_switched_off(
    town: str, settings: Settings
) -> None:
    settings.TODOKE_REREAD_DAYS = 1
    with scope(town):
        services.destroy_keys(Blob.objects.values_list("pk", flat=True)[:3], in_use=lambda _: set(), at=NOW)
    assert reread(town) == 1
    settings.TODOKE_REREAD_DAYS = 0
    assert reread(town, NIGHT + timedelta(days=1)) == 0
