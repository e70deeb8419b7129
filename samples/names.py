"""Invented names from small lists of parts; no list of real persons stands behind them."""

from dataclasses import dataclass
from random import Random

Part = tuple[str, str]

FAMILY_HEADS: tuple[Part, ...] = (
    ("霞", "カスミ"), ("凪", "ナギ"), ("露", "ツユ"), ("苔", "コケ"), ("霧", "キリ"), ("灯", "トモ"),
    ("糸", "イト"), ("藍", "アイ"), ("雫", "シズク"), ("篝", "カガリ"), ("雲", "クモ"), ("鈴", "スズ"),
    ("汐", "シオ"), ("宵", "ヨイ"), ("麦", "ムギ"), ("柳", "ヤナギ"), ("紬", "ツムギ"), ("萌", "モエ"),
)  # fmt: skip
FAMILY_TAILS: tuple[Part, ...] = (
    ("見里", "ミサト"), ("渡瀬", "ワタセ"), ("乃江", "ノエ"), ("ヶ淵", "ガフチ"), ("代野", "シロノ"),
    ("倉橋", "クラハシ"), ("待坂", "マチサカ"), ("音川", "オトカワ"), ("根岸", "ネギシ"), ("居原", "イハラ"),
    ("守屋", "モリヤ"), ("路", "ジ"), ("巻", "マキ"), ("束", "ツカ"), ("染谷", "ソメヤ"), ("車", "グルマ"),
)  # fmt: skip
# 異体字 that Windows-31J can carry (NEC選定IBM拡張文字, IBM拡張文字) …
VARIANT_TAILS: tuple[Part, ...] = (("髙見", "タカミ"), ("﨑", "サキ"), ("德野", "トクノ"), ("\ufa19", "ガミ"))
# … and those that it cannot: outside the BMP, and with an ideographic variation sequence (IVS).
UNENCODABLE_TAILS: tuple[Part, ...] = (
    ("𠮷野", "ヨシノ"), ("葛\U000e0100木", "カツラギ"), ("辻\U000e0101村", "ツジムラ"), ("𡈽井", "ツチイ"),
)  # fmt: skip
GIVEN_HEADS: tuple[Part, ...] = (
    ("澄", "スミ"), ("湊", "ミナ"), ("楓", "カエ"), ("律", "リツ"), ("紡", "ツム"), ("朔", "サク"), ("奏", "カナ"),
    ("環", "タマ"), ("透", "トオ"), ("灯里", "アカリ"), ("綾", "アヤ"), ("凛", "リン"), ("千", "チ"), ("結", "ユイ"),
)  # fmt: skip
GIVEN_TAILS_F: tuple[Part, ...] = (
    ("乃", "ノ"), ("花", "カ"), ("穂", "ホ"), ("葉", "ハ"), ("音", "ネ"), ("江", "エ"),
)  # fmt: skip
GIVEN_TAILS_M: tuple[Part, ...] = (
    ("斗", "ト"), ("也", "ヤ"), ("太", "タ"), ("之", "ユキ"), ("臣", "オミ"), ("平", "ヘイ"),
)  # fmt: skip

VARIANT_SHARE, UNENCODABLE_SHARE = 0.02, 0.01


@dataclass(frozen=True, slots=True)
class Name:
    """A written form (氏名) with its kana; family and given name are kept apart."""

    family: str
    family_kana: str
    given: str = ""
    given_kana: str = ""

    @property
    def written(self) -> str:
        return f"{self.family}　{self.given}"

    @property
    def kana(self) -> str:
        return f"{self.family_kana}　{self.given_kana}"


def family_name(rng: Random) -> Name:
    """Draw a family name; a known share carries 異体字 or characters that Windows-31J lacks."""
    head, draw = rng.choice(FAMILY_HEADS), rng.random()
    if draw < UNENCODABLE_SHARE:
        tail = rng.choice(UNENCODABLE_TAILS)
    elif draw < UNENCODABLE_SHARE + VARIANT_SHARE:
        tail = rng.choice(VARIANT_TAILS)
    else:
        tail = rng.choice(FAMILY_TAILS)
    return Name(head[0] + tail[0], head[1] + tail[1])


def full_name(rng: Random, family: Name, *, female: bool) -> Name:
    """Draw a given name for a member of a family."""
    head, tail = rng.choice(GIVEN_HEADS), rng.choice(GIVEN_TAILS_F if female else GIVEN_TAILS_M)
    return Name(family.family, family.family_kana, head[0] + tail[0], head[1] + tail[1])


def fits_windows_31j(text: str) -> bool:
    """Tell whether a cp932 file could carry the text unchanged."""
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
