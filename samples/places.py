"""The invented prefecture, towns and union: their codes, channels, sections, procedures and staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

JST = timezone(timedelta(hours=9))
CLOCK = datetime(2026, 4, 6, 9, 0, tzinfo=JST)


class Kind(StrEnum):
    """What kind of 団体 an organisation is: 市区町村, 都道府県, 広域連合."""

    MUNICIPALITY = "municipality"
    PREFECTURE = "prefecture"
    WIDE_AREA_UNION = "wide_area_union"


@dataclass(frozen=True, slots=True)
class Section:
    """A section (課) and the procedures that it looks after."""

    code: str
    name: str
    procedures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """One invented 団体; `share` is its part of all residents, `wards` its 町字."""

    code: str
    name: str
    kind: Kind
    channel: str | None
    sections: tuple[Section, ...]
    share: float = 0.0
    wards: tuple[str, ...] = ()

    @property
    def is_town(self) -> bool:
        return self.kind is Kind.MUNICIPALITY


PREFECTURE_NAME = "つむぎ県"

TOWN_SECTIONS = (
    Section("jumin", "住民課", ("P32", "P33")),
    Section("kosodate", "子育て支援課", ("P01", "P02", "P11", "P12", "P15")),
    Section("kaigo", "介護保険課", ("P16", "P20", "P22")),
    Section("bosai", "防災安全課", ("P27",)),
    Section("digital", "デジタル推進課"),
)

ORGANISATIONS = (
    Organisation(
        "990001",
        PREFECTURE_NAME,
        Kind.PREFECTURE,
        "portal",
        (Section("zeimu", "税務課", ("P28", "P29", "P30")), Section("digital", "デジタル戦略課")),
    ),
    Organisation(
        "992011",
        "みなせ市",
        Kind.MUNICIPALITY,
        "portal",
        TOWN_SECTIONS,
        0.62,
        ("水音町", "浮橋", "藍染本町", "北霞台", "南霞台", "汐見坂", "糸車町", "白露"),
    ),
    Organisation(
        "993018",
        "ひより町",
        Kind.MUNICIPALITY,
        "portal",
        TOWN_SECTIONS,
        0.28,
        ("大字陽だまり", "大字風待", "大字麦穂", "大字鈴ヶ沢", "大字雲居"),
    ),
    Organisation(
        "993026",
        "かざみ村",
        Kind.MUNICIPALITY,
        "folder",
        TOWN_SECTIONS,
        0.10,
        ("字風見", "字苔庭", "字星降", "字奥霧"),
    ),
    Organisation(
        "998010",
        "つむぎ県後期高齢者医療広域連合",
        Kind.WIDE_AREA_UNION,
        None,
        (Section("kyufu", "給付課"),),
    ),
)

BY_CODE = {organisation.code: organisation for organisation in ORGANISATIONS}
TOWNS = tuple(organisation for organisation in ORGANISATIONS if organisation.is_town)

PROCEDURES = {
    "P01": "児童手当等の受給資格及び児童手当の額についての認定請求",
    "P11": "支給認定の申請",
    "P12": "保育施設等の利用申込",
    "P15": "妊娠の届出",
    "P16": "要介護・要支援認定の申請",
    "P20": "介護保険負担割合証の再交付申請",
    "P22": "高額介護（予防）サービス費の支給申請",
    "P27": "罹災証明書の発行申請",
    "P30": "自動車税住所変更届",
    "P32": "転出届",
    "P33": "転入予定市区町村への来庁予定の連絡（転入予約）",
}
SIGNATURE_REQUIRED = frozenset({"P01", "P11", "P16", "P32", "P33"})
ABOUT_CHILDREN = frozenset({"P01", "P11", "P12"})
ABOUT_INSURED = frozenset({"P16", "P20", "P22"})


def check_digit(code5: str) -> str:
    """Return the check digit of a 全国地方公共団体コード (weights 6,5,4,3,2; modulus 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True))
    remainder = 11 - total % 11 if total >= 11 else 11 - total
    return str(remainder % 10)
