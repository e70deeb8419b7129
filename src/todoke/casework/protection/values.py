"""The nouns of protection: a protected person, a stated person to compare with, what a case is hidden for."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from todoke.foundation.labels import Labelled
from todoke.foundation.row_files import BadRow as BadRow
from todoke.foundation.row_files import RowFileProfile

HIDDEN = "支援措置対象者"


class ProtectionKind(Labelled):
    """支援措置の理由（住民基本台帳事務処理要領 第5-10）."""

    VIOLENCE = "violence", "配偶者からの暴力"
    STALKING = "stalking", "ストーカー行為等"
    CHILD_ABUSE = "child_abuse", "児童虐待等"
    OTHER = "other", "その他これらに準ずるもの"


class CaseProtection(Labelled):
    """申請を伏せる理由: a party is protected, or may be（nobody knows yet who it is）, or neither."""

    NONE = "none", "対象外"
    PROTECTED = "protected", "支援措置対象者"
    TO_CHECK = "to_check", "支援措置（要確認）"


class ProtectionSource(Labelled):
    """登録の方法."""

    TYPED = "typed", "画面で登録"
    LOADED = "loaded", "ファイル"


class Stated(NamedTuple):
    """A person as keys to compare: folded name, folded reading, birth as YYYY-MM-DD（empty: unknown）."""

    name_key: str
    kana_key: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True)
class ProtectionEntry:
    """One line for the list: the 宛名番号, why, from and to which day（to: inclusive; None: until ended）.

    Name, kana and birth are optional: only keys of them are kept, for towns that give no copy of resident records.
    """

    number: str
    kind: ProtectionKind
    starts_on: date
    ends_on: date | None = None
    name: str = ""
    kana: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True)
class ProtectedPerson:
    """One line of the list as it stands, with who wrote it and who ended it."""

    id: int
    number: str
    kind: ProtectionKind
    starts_on: date
    ends_on: date | None
    source: ProtectionSource
    registered_at: datetime
    registered_by: str
    ended_at: datetime | None = None
    ended_by: str = ""

    def is_in_force(self, on: date) -> bool:
        """Whether it hides anything that day; from the moment it is written, whatever its first day."""
        return self.ends_on is None or on <= self.ends_on


@dataclass(frozen=True, slots=True)
class ProtectionReport:
    """What became of a file: lines taken over, the refused ones; with one refused line nothing is taken over."""

    rows: int
    bad_rows: int
    bad: tuple[BadRow, ...] = field(default=())

    @property
    def is_taken(self) -> bool:
        """Whether the file was taken over."""
        return self.bad_rows == 0


class ProtectionColumns(BaseModel):
    """The header words of a list by what they hold; an empty word: the file has no such column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    kind: str
    starts_on: str
    ends_on: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""


class ProtectionFileProfile(RowFileProfile):
    """The layout of a list of protected persons. No official layout is public, hence `status: 未確認`."""

    kinds: dict[str, ProtectionKind]
    columns: ProtectionColumns
