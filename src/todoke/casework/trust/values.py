"""The nouns of the choice: ways to check revocation, and one choice with its author."""

from dataclasses import dataclass
from datetime import datetime

from todoke.foundation.labels import Labelled


class Checker(Labelled):
    """失効の確かめ方: what counts as an answer to whether a certificate is revoked."""

    LIST = "list", "失効リストで確かめる"
    CHANNEL = "channel", "受付経路が伝えた検証結果で確かめる"
    LIST_THEN_CHANNEL = "list_then_channel", "失効リストで確かめ、答えがなければ受付経路の検証結果で確かめる"
    NOBODY = "nobody", "確かめる手段がない（待ちにする）"
    LIST_IF_PRESENT = "list_if_present", "失効リストがあるときだけ確かめる（試験用の既定）"
    WITHDRAWN = "withdrawn", "この選択をやめる（広い範囲の選択に従う）"

    @property
    def asks_channel(self) -> bool:
        """Whether a channel's recorded result may count."""
        return self in (Checker.CHANNEL, Checker.LIST_THEN_CHANNEL)


CHOOSABLE = (Checker.LIST, Checker.LIST_THEN_CHANNEL, Checker.CHANNEL, Checker.NOBODY, Checker.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class RevocationChoice:
    """One choice. Empty `channel` or `procedure` means all of them; without `id` nobody chose: the installation's default.

    `chosen_by` is the member of staff's number, never a name; `valid_from` is when it begins to count.
    """

    checker: Checker
    channel: str = ""
    procedure: str = ""
    reason: str = ""
    chosen_by: str = ""
    chosen_at: datetime | None = None
    valid_from: datetime | None = None
    id: int | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether a named person stands behind it."""
        return self.id is not None
