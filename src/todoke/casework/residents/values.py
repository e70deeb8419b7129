"""The nouns of the copy of resident records, and of loading files of rows in generations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from todoke.foundation.labels import Labelled
from todoke.foundation.row_files import BadRow as BadRow
from todoke.foundation.row_files import RowFileProfile


class LoadKind(Labelled):
    """取込方法."""

    FULL = "full", "全件"
    DIFFERENTIAL = "differential", "差分"


class GenerationState(Labelled):
    """世代の状態."""

    LOADING = "loading", "取込中"
    CURRENT = "current", "現行"
    RETIRED = "retired", "旧世代"
    REFUSED = "refused", "取込中止"


class ResidentStatus(Labelled):
    """住民の状態."""

    RESIDENT = "resident", "住民"
    MOVED_OUT = "moved_out", "転出"
    DECEASED = "deceased", "死亡"
    NON_RESIDENT = "non_resident", "住登外"
    CORPORATION = "corporation", "法人"


class Sex(Labelled):
    """性別, as certificates code it."""

    MALE = "1", "男"
    FEMALE = "2", "女"
    UNKNOWN = "3", "不明"
    UNSTATED = "", "記載なし"


@dataclass(frozen=True, slots=True)
class Resident:
    """One person or body of the copy; `birth` as YYYY-MM-DD, as written where parts are 不詳, empty when unknown.

    `other_names` are 旧氏, 通称 and 別名. `is_restricted`: 他業務参照不可（住基ネット由来の住登外者）.
    """

    number: str
    name: str
    kana: str = ""
    other_names: tuple[str, ...] = ()
    birth: str = ""
    sex: Sex = Sex.UNSTATED
    address: str = ""
    previous_address: str = ""
    household: str = ""
    relation: str = ""
    status: ResidentStatus = ResidentStatus.RESIDENT
    moved_in: date | None = None
    status_since: date | None = None
    is_restricted: bool = False
    insured_number: str = ""


class ResidentRow(NamedTuple):
    """One accepted line of a resident file with its search keys. A named tuple: hundreds of thousands are made."""

    number: str
    name: str
    kana: str
    other_names: str
    birth: str
    sex: str
    address: str
    previous_address: str
    household: str
    relation: str
    status: str
    moved_in: str | None
    status_since: str | None
    is_restricted: bool
    insured_number: str
    name_key: str
    kana_key: str


@dataclass(frozen=True, slots=True)
class Sought:
    """A person as an application states them: keys of name and kana, and the birth as YYYY-MM-DD（empty: unknown）."""

    name_key: str
    kana_key: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a file is read: by which profile, and whether good rows become current beside bad ones."""

    profile: str = "serial-links"
    allow_bad_rows: bool = False
    chunk_rows: int = 10_000


RESIDENTS = LoadOptions(profile="resident-records")


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a load is: lines read, lines refused, and the work done and in all, in bytes of the file.

    Where rows are sorted before they are stored, storing them counts as many bytes again as reading them.
    """

    rows: int
    bad_rows: int
    bytes_read: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a load: accepted and refused lines (the first hundred named), history carried over."""

    generation_id: int
    kind: LoadKind
    rows: int
    carried: int
    bad_rows: int
    is_current: bool
    bad: tuple[BadRow, ...] = field(default=())


class ResidentColumns(BaseModel):
    """The header words of a resident file by what they hold; an empty word: the file has no such column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    name: str
    kana: str = ""
    former_name: str = ""
    alias: str = ""
    birth: str
    sex: str = ""
    prefecture: str = ""
    city: str = ""
    town: str = ""
    block: str = ""
    building: str = ""
    previous_address: str = ""
    household: str = ""
    relation: str = ""
    status: str = ""
    moved_in: str = ""
    status_since: str = ""
    restricted: str = ""
    insured_number: str = ""
    organisation: str = ""


class ResidentFileProfile(RowFileProfile):
    """The layout of a file of resident records. The official layout is not public, hence `status: 未確認`.

    `statuses` and `sexes` say what the file's words mean. `address` stands in one to five columns, joined in order.
    """

    statuses: Mapping[str, ResidentStatus]
    sexes: Mapping[str, Sex]
    restricted_words: frozenset[str]
    columns: ResidentColumns
