"""An effect is put once, sent at least once, settled by the one who holds it."""

from datetime import timedelta

from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant
from todoke.foundation.outbox import queries, services
from todoke.foundation.outbox.values import MessageState

from .conftest import ACTOR, NOW

Towns = tuple[str, str]


def by(owner: str, seconds: float = 0) -> Claimant:
    return Claimant(owner, NOW + timedelta(seconds=seconds))


def test_a_key_is_put_once(towns: Towns) -> None:
    with scope(towns[0]):
        assert services.put("k", key="1", payload={"状態": "処理中"}, at=NOW)
        assert not services.put("k", key="1", payload={"状態": "完了"}, at=NOW)
        (message,) = services.claim("k", limit=5, by=by("w"))
        assert message.payload == '{"状態": "処理中"}'
    with scope(towns[1]):
        assert services.claim("k", limit=5, by=by("w")) == []


def test_only_the_holder_settles_a_message(towns: Towns) -> None:
    with scope(towns[0]):
        services.put("k", key="1", payload={}, at=NOW)
        (late,) = services.claim("k", limit=5, by=by("slow"))
        (message,) = services.claim("k", limit=5, by=by("quick", 61))
        assert not services.sent(late, answer="ok", at=NOW)
        assert services.sent(message, answer="ok", at=NOW)
        assert queries.counts("k") == {MessageState.SENT: 1}


def test_a_message_that_keeps_failing_is_parked_with_its_code(towns: Towns) -> None:
    with scope(towns[0]):
        services.put("k", key="1", payload={}, at=NOW)
        later, parked = 0.0, False
        while not parked:
            (message,) = services.claim("k", limit=5, by=by("w", later))
            parked = services.failed(message, code="NTF-901", at=NOW + timedelta(seconds=later)).parked
            later += 7200
        assert [row.parked_code for row in queries.parked("k")] == ["NTF-901"]
        assert queries.next_due("k") is None


def test_what_a_person_types_is_ticked_off_once_and_recorded(towns: Towns) -> None:
    with scope(towns[0]):
        services.put("k", key="1", payload={}, at=NOW, by_hand=True)
        assert services.claim("k", limit=5, by=by("w")) == []
        (row,) = queries.to_type("k")
        assert services.typed(row.pk, actor=ACTOR, at=NOW)
        assert not services.typed(row.pk, actor=ACTOR, at=NOW)
        assert queries.to_type("k") == []
        assert AuditEntry.objects.filter(action="outbox.typed").count() == 1
