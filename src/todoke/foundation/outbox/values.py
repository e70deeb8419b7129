"""The nouns of the outbox."""

from dataclasses import dataclass
from enum import StrEnum


class MessageState(StrEnum):
    """送信の状態."""

    label: str

    def __new__(cls, value: str, label: str) -> "MessageState":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

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
