"""Editing in place: what can be changed, what became of a change, and the log of changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from todoke.foundation.labels import Labelled

from .content import Item


class ItemField(Labelled):
    """What of an item can be changed, or changes with an edition."""

    LABEL = "label", "名称"
    NUMBER = "number", "番号"
    KIND = "kind", "種類"
    RESPONSIBLE = "responsible", "実施"
    ACCOUNTABLE = "accountable", "責任"
    CONSULTED = "consulted", "相談先"
    EFFORT = "effort", "作業量（人日）"
    ESTIMATE = "estimate", "所要日数"
    EARLY_STARTABLE = "early_startable", "早期着手"
    DEADLINE = "deadline", "目標時期"
    DEADLINE_TEXT = "deadline_text", "目標時期の表記"
    DELIVERABLES = "deliverables", "成果物"
    DONE_WHEN = "done_when", "完了の条件"
    STATE = "state", "扱い"
    REASON = "reason", "理由"
    SECTION = "section", "担当課"
    PERSON = "person", "担当者"
    VENDOR = "vendor", "事業者"
    FIXED_START = "fixed_start", "開始日（固定）"
    FIXED_FINISH = "fixed_finish", "終了日（固定）"
    NOTE = "note", "備考"
    PARENT = "parent", "上位の取組"
    IS_NEW = "is_new", "計画に入れたか"


class TargetKind(Labelled):
    """What a change is about."""

    PLAN = "plan", "計画"
    ITEM = "item", "取組"
    LINK = "link", "前後関係"
    WINDOW = "window", "時期の制約"
    CAPACITY = "capacity", "体制"


class ChangeAct(Labelled):
    """How a change came about."""

    EDITED = "edited", "変更"
    UNDONE = "undone", "取消し"


Typed = Mapping[ItemField, str]  # what a person typed, field by field


@dataclass(frozen=True, slots=True)
class FieldClash:
    """One field that somebody else has changed meanwhile: what it was, what it is now, and what was typed."""

    field: ItemField
    before: str
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The change stands. `change` is its number in the log; None: nothing differed."""

    item: Item
    change: int | None


@dataclass(frozen=True, slots=True)
class EditConflict:
    """Nothing was written: both values of every clash, and everything that was typed, to be shown again."""

    item: Item
    clashes: tuple[FieldClash, ...]
    typed: Mapping[ItemField, str]


EditResult = Edited | EditConflict


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value that a change touched, in words: 空 where there was or is nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One line of the log of changes. `can_undo`: it is its author's last one that still stands."""

    number: int
    act: ChangeAct
    target: TargetKind
    uuid: UUID
    label: str
    at: datetime
    by: str
    values: tuple[ChangedValue, ...]
    can_undo: bool = False
