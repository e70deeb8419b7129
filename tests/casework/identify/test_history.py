"""Which certificate followed which, over many loads; what was derived is marked and never taken by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.identify.conftest import AUTH_1, AUTH_2, MINASE, NOW, Load
from todoke.casework.identify import queries
from todoke.casework.identify.rules.history import renewals
from todoke.casework.identify.rules.resolving import resolve
from todoke.casework.identify.values import (
    ENDED_INFERRED,
    RENEWED_INFERRED,
    IdentityState,
    Link,
    LinkKey,
    LoadKind,
    LoadOptions,
)
from todoke.foundation.fence import scope
from todoke.foundation.row_files import NoRows

NOON = datetime(2026, 4, 6, 3, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
BARE = "issuer_key,serial,number,number_kind\n"


def link(serial: int, start: int, end: int | None, *, inferred: bool = False, reason: str = "") -> Link:
    """A certificate of one person, its days counted from 2026-04-06."""
    until = None if end is None else NOON + timedelta(days=end)
    return Link(
        LinkKey(AUTH_1, f"{serial:x}"), "77", "atena", NOON + timedelta(days=start), until, inferred, reason
    )


def test_a_chain_of_any_length_is_told_oldest_first() -> None:
    chain = [link(n, start=n * 1825, end=(n + 1) * 1825) for n in range(12)]
    found = renewals(reversed(chain))
    assert [(one.old.key.serial, one.new.key.serial) for one in found] == [
        (f"{n:x}", f"{n + 1:x}") for n in range(11)
    ]
    assert not any(one.is_inferred for one in found)


def test_a_second_certificate_beside_the_first_is_no_renewal() -> None:
    card, phone = link(1, start=0, end=1825), link(2, start=100, end=1900)
    assert renewals([card, phone]) == []


def test_a_derived_end_makes_the_pair_an_inference() -> None:
    old, new = link(1, -900, -1, inferred=True, reason=RENEWED_INFERRED), link(2, -1, None)
    (found,) = renewals([old, new])
    assert found.is_inferred


def test_c12_a_derived_renewal_is_offered_and_never_taken() -> None:
    old, new = link(1, -900, -1, inferred=True, reason=RENEWED_INFERRED), link(2, -1, None)
    found = resolve([old], NOON, [old, new])
    assert (found.state, found.number, found.candidates, found.code) == (
        IdentityState.UNKNOWN,
        "",
        1,
        "IDN-324",
    )


def test_c12_a_renewal_that_the_file_states_is_taken() -> None:
    old, new = link(1, -900, -1, reason="renewed"), link(2, -1, None)
    assert resolve([old], NOON, [old, new]).state is IdentityState.RENEWED


@given(st.lists(st.tuples(st.integers(-900, 900), st.integers(1, 900)), max_size=8), st.booleans())
def test_nobody_is_renewed_by_what_was_derived(spans: list[tuple[int, int]], inferred: bool) -> None:
    links = [link(n + 1, start, start + length, inferred=inferred) for n, (start, length) in enumerate(spans)]
    for one in links:
        found = resolve([one], NOON, links)
        if found.state is IdentityState.RENEWED:
            assert not inferred


def _history(number: str = "77") -> list[Link]:
    with scope(MINASE, read_only=True):
        return sorted(queries.history([number])[("atena", number)], key=lambda one: one.valid_from)


def test_what_vanished_beside_something_new_is_an_inferred_renewal(load: Load) -> None:
    load(f"{AUTH_1},1001,77,atena,2022-04-07,,")
    later = NOW + timedelta(hours=1)
    load(f"{AUTH_2},2002,77,atena,2026-04-01,,", at=later)
    old, new = _history()
    assert (old.valid_to, old.is_inferred, old.reason) == (later, True, RENEWED_INFERRED)
    assert [pair.is_inferred for pair in renewals([old, new])] == [True]


@pytest.mark.parametrize("phone", ["", f"{AUTH_1},1003,77,atena,2022-05-01,,"])
def test_what_vanished_without_anything_new_only_ended(load: Load, phone: str) -> None:
    """A person with a second certificate who loses the first has renewed nothing."""
    others = [phone] if phone else []
    load(f"{AUTH_1},1001,77,atena,2022-04-07,,", *others)
    load(f"{AUTH_1},1009,78,atena,2022-04-07,,", *others, at=NOW + timedelta(hours=1))
    old = next(one for one in _history() if one.key.serial == "1001")
    assert (old.reason, old.is_inferred) == (ENDED_INFERRED, True)


def test_a_file_without_beginnings_gets_derived_ones_that_stay(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = queries.link_profile("serial-links")
    columns = profile.columns.model_copy(update={"valid_from": "", "valid_to": "", "reason": ""})
    monkeypatch.setattr(queries, "link_profile", lambda _: profile.model_copy(update={"columns": columns}))
    options = LoadOptions(chunk_rows=1)
    first, second, third = (NOW + timedelta(hours=hours) for hours in (0, 1, 2))
    load(f"{AUTH_1},1001,77,atena", header=BARE, at=first, options=options)
    load(f"{AUTH_1},1001,77,atena", f"{AUTH_1},1002,78,atena", header=BARE, at=second, options=options)
    load(f"{AUTH_1},1001,77,atena", f"{AUTH_2},2002,78,atena", header=BARE, at=third, options=options)
    (same,) = _history("77")
    old, new = _history("78")
    assert (same.valid_from.year, same.is_inferred, same.valid_to) == (1900, True, None)
    assert (old.valid_from, old.valid_to, old.reason) == (first, third, RENEWED_INFERRED)
    assert (new.valid_from, new.is_inferred) == (second, True)


def test_a_differential_file_without_beginnings_does_not_double_a_link(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = queries.link_profile("serial-links")
    columns = profile.columns.model_copy(update={"valid_from": "", "valid_to": "", "reason": ""})
    monkeypatch.setattr(queries, "link_profile", lambda _: profile.model_copy(update={"columns": columns}))
    for kind in (LoadKind.FULL, LoadKind.DIFFERENTIAL):
        load(f"{AUTH_1},1001,77,atena", header=BARE, kind=kind)
    assert len(_history("77")) == 1


@pytest.mark.parametrize(
    "body", ["<html><body>エラー</body></html>\n", '{"error": "unavailable"}\n', "PK\x03\x04…"]
)
def test_C19_an_answer_that_is_no_link_file_changes_nothing(load: Load, tmp_path: Path, body: str) -> None:
    load(f"{AUTH_1},1001,77,atena,2022-04-07,,")
    with pytest.raises(NoRows, match="IDN-322"):
        load(header=body)
    assert [one.valid_to for one in _history()] == [None]
