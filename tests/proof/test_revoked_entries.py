"""Entries of every form, read many at a time or one by one, say the same; what cannot be told apart is refused."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from samples import der
from todoke.proof import revoked_entries
from todoke.proof.der import DerRefused, Element
from todoke.proof.revoked_entries import Entries

AT = datetime(2026, 4, 6, tzinfo=UTC)
_FORMS = ("reason", "plain", "other", "other-and-reason", "long-time", "old", "no-such-day")


def entry(serial: bytes, form: str, code: int = 4, since: datetime = AT) -> bytes:
    """One entry in DER of a form that lists have."""
    reason = der.sequence(der.oid("2.5.29.21"), der.octets(bytes((0x0A, 1, code))))
    other = der.sequence(der.oid("2.5.29.24"), der.octets(b"\x18\x0f20260101000000Z"))
    moment = der.utc_time(since)
    if form == "long-time":
        moment = der.tagged(0x18, f"{since:%Y%m%d%H%M%S}Z".encode())
    if form == "no-such-day":
        moment = der.tagged(0x17, b"260231000000Z")
    parts = {"plain": b"", "other": other, "other-and-reason": other + reason}.get(form, reason)
    return der.sequence(der.tagged(0x02, serial), moment, der.sequence(parts) if parts else b"")


def read(content: bytes) -> Entries:
    return Entries.read(content, Element(0x30, 0, 0, len(content)), AT)


def padded(serial: bytes) -> bytes:
    return serial[-20:].rjust(20, b"\0")


def some(count: int, seed: int) -> dict[bytes, tuple[str, int, datetime]]:
    """Different serials of every length, each with its form, reason and date."""
    random, made = Random(seed), {}
    for number in range(1, count + 1):
        length = random.choice((2, 8, 16, 19, 20, 20, 20, 21))
        serial = random.randbytes(length - 2) + number.to_bytes(2, "big")
        if length == 21:
            serial = b"\0\x80" + serial[2:]
        elif length > 2:
            serial = bytes((serial[0] & 0x7F | 0x01,)) + serial[1:]
        form = random.choice(_FORMS)
        year = 1950 + number % 50 if form == "old" else 2000 + number % 50
        made[serial] = form, random.randrange(11), datetime(year, 2, 3, 4, 5, number % 60, tzinfo=UTC)
    return made


@pytest.mark.parametrize("window", [120, 4_096, 1 << 20])
def test_each_entry_of_a_mixed_list_is_found_with_its_reason_and_date(
    window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoked_entries, "_WINDOW", window)
    monkeypatch.setattr(revoked_entries, "_WALKED", 3)
    made = some(700, seed=window)
    entries = read(b"".join(entry(serial, *said) for serial, said in made.items()))
    assert len(entries) == 700
    for serial, (form, code, since) in made.items():
        found = entries.find(padded(serial))
        without_date = form == "no-such-day"
        assert found == (
            0 if form in {"plain", "other", "no-such-day"} else code,
            AT if without_date else since,
        )


def test_what_is_not_listed_is_not_found() -> None:
    made = some(300, seed=1)
    entries = read(b"".join(entry(serial, *said) for serial, said in made.items()))
    listed = {padded(serial) for serial in made}
    for serial in listed:
        other = (int.from_bytes(serial, "big") ^ 1 << 64).to_bytes(20, "big")
        assert other in listed or entries.find(other) is None
    assert read(b"").find(bytes(20)) is None


def test_a_serial_that_is_listed_often_counts_from_its_earliest_date() -> None:
    days = [AT - timedelta(days=day) for day in range(200)]
    twice = b"\x12" * 20
    rows = [entry(twice, "reason", 1, day) for day in days]
    rows += [entry(bytes((value,)) * 20, "reason", 2) for value in range(1, 100) if value != 0x12]
    assert read(b"".join(rows)).find(twice) == (1, days[-1])


def test_octets_across_two_records_are_not_taken_for_a_serial() -> None:
    entries = read(b"".join(entry(bytes((value,)) * 20, "reason", value) for value in range(1, 11)))
    across = bytes(entries.records[3:23])
    assert entries.find(across) is None


@pytest.mark.parametrize("form", ["reason", "plain"])
@pytest.mark.parametrize("change", [-1, 1])
def test_an_entry_that_lies_about_its_length_refuses_the_list(form: str, change: int) -> None:
    whole = [bytearray(entry(bytes((value,)) * 20, form)) for value in range(1, 30)]
    whole[11][1] += change
    with pytest.raises(DerRefused):
        read(b"".join(whole))


@pytest.mark.parametrize(
    "serial", [b"", b"\x80" * 20, b"\x01" * 21, b"\0\x80" * 11], ids=["none", "negative", "21", "22"]
)
def test_a_serial_that_none_can_have_refuses_the_list(serial: bytes) -> None:
    with pytest.raises(DerRefused):
        read(entry(b"\x01" * 20, "reason") + entry(serial, "reason"))
