"""Every hostile package of the catalogue thrown among ordinary applications: what happens to those is what always does.

Invariants I1 to I6 of the catalogue over a whole installation, with the portal's and the core system's own logs as
witnesses.
"""

import resource
from collections.abc import Mapping

import pytest

from tests.casework.intake.packages import ACTOR, APPLIED, MINASE
from tests.hostile import every
from tests.hostile.rows import CANARY
from tests.support.town import Town
from todoke.casework.handover.models import Handover
from todoke.casework.intake.models import Application, Quarantine
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import ChannelKind, ChannelSettings, Listed
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.queries import open_blob

MOST_MEMORY_KIB = 512 * 1024


def test_ordinary_applications_do_not_notice_their_hostile_neighbours(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    expected = _throw_in()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert town.drain(patience=120)
    with scope(MINASE, read_only=True):
        hostile = {
            one.receipt_number: (one.state, one.code) for one in Package.objects.filter(channel__name="hand")
        }
    assert hostile == expected
    assert _states_of_samples() == _expected_of_samples(town)
    _assert_nothing_is_lost_or_twice(town)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY_KIB
    assert CANARY not in caplog.text
    assert "Traceback" not in caplog.text


def _throw_in() -> dict[str, tuple[str, str]]:
    """Receive every row by hand; returns what has to become of each 受付番号."""
    expected = {}
    with scope(MINASE):
        channel = relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=now(),
        )  # fmt: skip
    for position, row in enumerate(every.rows()):
        listed = Listed(f"{990000000000000 + position}", APPLIED)
        relay.receive_package(channel, listed=listed, chunks=[row.build()], actor=ACTOR, at=now())
        expected[listed.receipt_number] = (row.state.value, row.code)
    return expected


def _expected_of_samples(town: Town) -> Mapping[tuple[str, str], set[tuple[str, str]]]:
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for one in town.truth["packages"]:
        key = one["organisation"], one["receipt_number"]
        found.setdefault(key, set()).add((one["package"], one["code"] or ""))
    return found


def _states_of_samples() -> Mapping[tuple[str, str], set[tuple[str, str]]]:
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for body in organisations():
        with scope(body.code, read_only=True):
            for one in Package.objects.exclude(channel__name="hand"):
                found.setdefault((body.code, one.receipt_number), set()).add((one.state, one.code))
    return found


def _assert_nothing_is_lost_or_twice(town: Town) -> None:
    handed_over: set[str] = set()
    for body in organisations():
        with scope(body.code, read_only=True):
            accepted = set(Application.objects.values_list("package_id", flat=True))
            quarantined = set(
                Quarantine.objects.filter(released_at__isnull=True).values_list("package_id", flat=True)
            )
            assert accepted.isdisjoint(quarantined)
            for package in Package.objects.all():
                assert (package.pk in accepted) == (package.state == "accepted")
                assert (package.pk in quarantined) == (package.state == "quarantined")
                blob = open_blob(package.blob_id)
                assert blob.sha256 == package.content_hash
                assert len(blob.read()) == package.size
                assert audit.of_object("package", str(package.pk))
            rows = Handover.objects.filter(state__in=["sent", "receipted", "refused"])
            handed_over |= set(rows.values_list("idempotency_key", flat=True))
            assert audit.verify().is_whole
    assert set(town.delivered()) == handed_over
    assert set(town.delivered().values()) <= {1}
