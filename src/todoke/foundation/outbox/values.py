"""The nouns of the outbox."""

from dataclasses import dataclass

from todoke.foundation.labels import Labelled


class MessageState(Labelled):
    """送信の状態."""

    READY = "ready", "送信待ち"
    SENT = "sent", "送信済"
    TO_TYPE = "to_type", "手入力待ち"
    TYPED = "typed", "手入力済"


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message: its row, the fence of the claim, the idempotency key, and what to send (JSON text)."""

    id: int
    fence: int
    attempts: int
    key: str
    payload: str
    at: str
