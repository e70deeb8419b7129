"""The nouns of the entrance."""

from dataclasses import dataclass
from datetime import date, datetime

from todoke.foundation.labels import Labelled


class Way(Labelled):
    """二段階目の方法: what was shown at the second step."""

    CODE = "code", "認証アプリの確認コード"
    RECOVERY = "recovery", "回復コード"


class Standing(Labelled):
    """二段階目の状態 of one person."""

    NONE = "none", "未設定"
    BEGUN = "begun", "設定の途中"
    SET = "set", "設定済み"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is given: the secret as text (base32, groups of four) and the address for its QR code."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One signed-in browser: its row, when it began and was last used, from where, and whether it is this one."""

    id: int
    begun_at: datetime
    used_at: datetime
    terminal: str
    program: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whose account or appointment ends: who, what ends（None: the account）, and the last day."""

    staff_id: int
    name: str
    role: str | None
    section: str
    last_day: date
