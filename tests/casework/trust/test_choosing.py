"""Who chose how revocation is checked, from when, and that a choice is never changed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from tests.support.clock import START, Clock
from todoke.casework.relay import services as relay
from todoke.casework.relay.errors import ChannelUnknown
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.casework.trust import queries, services
from todoke.casework.trust.errors import ChoiceUnfit, ChooserUnnamed
from todoke.casework.trust.models import RevocationChoiceRow
from todoke.casework.trust.values import Checker, RevocationChoice
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

MINASE, HIYORI = "992011", "993018"
ADMINISTRATOR = Actor(ActorKind.STAFF, "7")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _town(db: None, var_dir: Path, clock: Clock) -> Iterator[None]:
    for code in (MINASE, HIYORI):
        organisations.register_organisation(code, name="町", kind=OrganisationKind.MUNICIPALITY, at=START)
    with scope(MINASE):
        relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample", settings=ChannelSettings(),
            actor=ADMINISTRATOR, at=START,
        )  # fmt: skip
        yield


def choose(
    checker: Checker,
    channel: str = "",
    procedure: str = "",
    *,
    at: datetime = START,
    valid_from: datetime | None = None,
) -> int:
    wanted = RevocationChoice(checker, channel, procedure, "決裁 第1号", valid_from=valid_from or at)
    return services.choose_checker(wanted, actor=ADMINISTRATOR, at=at)


def counts(channel: str = "hand", procedure: str = "P32", at: datetime = START) -> RevocationChoice:
    return queries.policies(at).of_channel(channel)(procedure)


def test_without_a_choice_the_default_of_the_installation_counts_and_nobody_stands_behind_it() -> None:
    assert counts().checker is Checker.LIST
    assert not counts().is_chosen


def test_the_most_particular_choice_counts() -> None:
    choose(Checker.NOBODY)
    assert counts().checker is Checker.NOBODY
    choose(Checker.LIST, procedure="P32")
    assert counts().checker is Checker.LIST
    choose(Checker.CHANNEL, "hand")
    assert counts().checker is Checker.CHANNEL
    choose(Checker.LIST_THEN_CHANNEL, "hand", "P32")
    assert counts().checker is Checker.LIST_THEN_CHANNEL
    assert counts(procedure="P01").checker is Checker.CHANNEL
    assert counts(channel="other", procedure="P32").checker is Checker.LIST
    assert counts(channel="other", procedure="P01").checker is Checker.NOBODY


def test_a_later_choice_takes_the_place_of_an_earlier_one_which_stays_in_the_history() -> None:
    choose(Checker.NOBODY)
    choose(Checker.CHANNEL, at=START + HOUR)
    assert counts(at=START).checker is Checker.NOBODY
    assert counts(at=START + HOUR).checker is Checker.CHANNEL
    assert [one.checker for one in queries.history()] == [Checker.CHANNEL, Checker.NOBODY]


def test_a_choice_may_begin_later() -> None:
    choose(Checker.CHANNEL, valid_from=START + HOUR)
    assert not counts(at=START).is_chosen
    assert counts(at=START + HOUR).checker is Checker.CHANNEL


def test_a_withdrawn_choice_gives_way_to_the_wider_one() -> None:
    choose(Checker.NOBODY)
    choose(Checker.CHANNEL, "hand")
    choose(Checker.WITHDRAWN, "hand", at=START + HOUR)
    assert counts(at=START + HOUR).checker is Checker.NOBODY


def test_the_author_the_reason_and_the_time_stand_with_a_choice_and_in_the_audit() -> None:
    number = choose(Checker.CHANNEL, "hand", "P32")
    found = counts()
    assert (found.id, found.chosen_by, found.reason, found.chosen_at) == (number, "7", "決裁 第1号", START)
    [entry] = audit.of_object("revocation_choice", str(number))
    assert (entry.action, entry.actor_id) == ("checker.chosen", "7")


@pytest.mark.parametrize("kind", [ActorKind.COMMAND, ActorKind.WORKER, ActorKind.PORTAL])
def test_nobody_but_a_signed_in_person_chooses(kind: ActorKind) -> None:
    wanted = RevocationChoice(Checker.LIST, reason="理由", valid_from=START)
    with pytest.raises(ChooserUnnamed):
        services.choose_checker(wanted, actor=Actor(kind, "x"), at=START)
    assert not queries.history()


@pytest.mark.parametrize(
    "wanted",
    [
        RevocationChoice(Checker.LIST_IF_PRESENT, reason="理由", valid_from=START),
        RevocationChoice(Checker.LIST, reason=" ", valid_from=START),
        RevocationChoice(Checker.LIST, reason="理由", valid_from=START - HOUR),
        RevocationChoice(Checker.LIST, reason="理由"),
        RevocationChoice(Checker.LIST, procedure="P99999", reason="理由", valid_from=START),
    ],
    ids=["a trial's default", "no reason", "dated back", "no beginning", "no such procedure"],
)
def test_an_unfit_choice_is_refused_and_leaves_nothing(wanted: RevocationChoice) -> None:
    with pytest.raises(ChoiceUnfit):
        services.choose_checker(wanted, actor=ADMINISTRATOR, at=START)
    assert not queries.history()


def test_a_channel_of_nobody_or_of_another_body_cannot_be_chosen_for() -> None:
    with pytest.raises(ChannelUnknown):
        choose(Checker.LIST, "absent")


def test_the_database_refuses_to_change_or_remove_a_choice() -> None:
    choose(Checker.NOBODY)
    for change in (
        lambda: RevocationChoiceRow.objects.update(reason="別の理由"),
        lambda: RevocationChoiceRow.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
