"""Cases by the million for the worklist: deterministic, with some names that are frequent and some that are rare.

Rows only: what a case belongs to is not measured and need not be there. The surnames are the most frequent of the country,
each as a share of people that falls with its place; whoever bears them here is invented.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from random import Random
from uuid import UUID

from django.db import connection

from todoke.casework.cases.models import Case
from todoke.casework.cases.rules.search import search_text
from todoke.foundation.fence import SqlValue, insert_rows, scope

from .packages import TOWN

AT_ONCE = 1_000
COLUMNS = (
    "uuid", "application_id", "receipt_number", "channel", "procedure", "section_id", "status", "version",
    "applicant_name", "applicant_kana", "applied_at", "received_at", "opened_at", "identity_state", "signature_state",
    "duplicate_kind", "handover_state", "hold_code", "notice_state", "findings_count", "worst_severity", "visit_on",
    "due_on", "is_resubmission", "previous_id", "search", "protection", "ended_as", "disposed_at",
)  # fmt: skip
_FAMILIES = (
    "佐藤サトウ 鈴木スズキ 高橋タカハシ 田中タナカ 伊藤イトウ 渡辺ワタナベ 山本ヤマモト 中村ナカムラ 小林コバヤシ "
    "加藤カトウ 吉田ヨシダ 山田ヤマダ 佐々木ササキ 山口ヤマグチ 松本マツモト 井上イノウエ 木村キムラ 林ハヤシ "
    "斎藤サイトウ 清水シミズ 山崎ヤマザキ 森モリ 池田イケダ 橋本ハシモト 阿部アベ 石川イシカワ 山下ヤマシタ "
    "中島ナカジマ 石井イシイ 小川オガワ 前田マエダ 岡田オカダ 長谷川ハセガワ 藤田フジタ 後藤ゴトウ 近藤コンドウ "
    "村上ムラカミ 遠藤エンドウ 青木アオキ 坂本サカモト 福田フクダ 太田オオタ 西村ニシムラ 藤井フジイ 金子カネコ "
    "岡本オカモト 藤原フジワラ 中野ナカノ 三浦ミウラ 原田ハラダ 中川ナカガワ 松田マツダ 竹内タケウチ 小野オノ "
    "田村タムラ 五十嵐イガラシ 久保田クボタ 服部ハットリ 樋口ヒグチ 熊谷クマガイ 望月モチヅキ 須藤スドウ "
    "栗原クリハラ 髙栁タカヤナギ 𠮷野ヨシノ"
)
_HEADS = (
    "太タ 健ケン 大ダイ 翔ショウ 拓タク 直ナオ 和カズ 正マサ 裕ユウ 浩ヒロ 隆タカ 誠セイ 俊トシ 康ヤス 美ミ 恵ケイ "
    "由ユ 真マ 陽ヨウ 彩アヤ 愛アイ 結ユイ 花ハナ 明アキ 千チ 智トモ 幸ユキ 久ヒサ 文フミ 信ノブ 義ヨシ 勝カツ "
    "清キヨ 秀ヒデ 雅マサ 哲テツ 光ミツ 澄スミ 湊ミナト 楓カエデ"
)
_TAILS = (
    "郎ロウ 一イチ 也ヤ 樹キ 介スケ 司シ 之ユキ 夫オ 雄オ 子コ 香カ 奈ナ 代ヨ 江エ 菜ナ 希キ 音ネ 輝キ 人ト 平ヘイ "
    "弘ヒロ 彦ヒコ 志シ 斗ト 里リ 織オリ 乃ノ 穂ホ 佳カ 絵エ 実ミ"
)
_RARE = ("龗見", "オカミミ")  # one person in fifty thousand
_STATUSES = {"completed": 88, "rejected": 3, "withdrawn": 2, "returned": 1, "checking": 3, "opened": 3}
_IDENTITIES = {"matched": 90, "decided": 7, "unknown": 2, "conflict": 1}
_PROCEDURES = tuple(
    (f"P{number:02d}", number % 8) for number in range(1, 32)
)  # code, and place of the section


def lay_down(first: int, count: int, sections: Sequence[int], at: datetime) -> None:
    """Insert so many cases from a number on, a thousand in a transaction, with whatever triggers the table has."""
    rows = _rows(first, count, sections, at)
    while part := list(islice(rows, AT_ONCE)):
        with scope(TOWN):
            insert_rows(Case, COLUMNS, part)


def multiply(count: int, made: int) -> None:
    """Bring the cases that were made to `count` by copies of them, in the database: other ids, the same people again."""
    shift = (
        "printf('%032x', id + {})"
        if connection.vendor == "sqlite"
        else "lpad(to_hex(id + {}), 32, '0')::uuid"
    )
    for start in range(made, count, made):
        own = {"uuid": shift.format(start), "application_id": f"application_id + {start}"}
        values = ", ".join(own.get(name, name) for name in COLUMNS)
        with scope(TOWN), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO casework_case (organisation_id, {', '.join(COLUMNS)}) SELECT organisation_id, {values} "
                f"FROM casework_case WHERE id <= {min(made, count - start)} ORDER BY id".replace("%", "%%"), []
            )  # fmt: skip


def rows_of(first: int, count: int, sections: Sequence[int], at: datetime) -> list[Sequence[SqlValue]]:
    """The same rows, not inserted."""
    return list(_rows(first, count, sections, at))


def _rows(first: int, count: int, sections: Sequence[int], at: datetime) -> Iterator[Sequence[SqlValue]]:
    random, people = Random(first), (_people(_FAMILIES), _people(_HEADS), _people(_TAILS))
    for number in range(first, first + count):
        yield _row(number, random, people, sections, at)


def _people(text: str) -> list[tuple[str, str]]:
    """Written form and reading of each word of a list."""
    cut = (next(place for place, one in enumerate(word) if "ァ" <= one <= "ヺ") for word in text.split())
    return [(word[:place], word[place:]) for word, place in zip(text.split(), cut, strict=True)]


def _row(
    number: int,
    random: Random,
    people: Sequence[list[tuple[str, str]]],
    sections: Sequence[int],
    at: datetime,
) -> Sequence[SqlValue]:
    parts = [
        some[int(len(some) * random.random() ** 1.5)] for some in people
    ]  # the first of a list are the most frequent
    parts[0] = _RARE if number % 50_000 == 7 else parts[0]
    name = f"{parts[0][0]}　{parts[1][0]}{parts[2][0]}"
    kana = f"{parts[0][1]}　{parts[1][1]}{parts[2][1]}"
    receipt, moment = (
        f"{at:%y%m%d}{number:09d}",
        connection.ops.adapt_datetimefield_value(at - timedelta(minutes=number)),
    )
    procedure, section = random.choice(_PROCEDURES)
    status, identity = _drawn(random, _STATUSES), _drawn(random, _IDENTITIES)
    is_held = random.random() < 0.005
    visit = connection.ops.adapt_datefield_value(date(2026, 4, 1 + number % 28)) if number % 20 == 0 else None
    return (
        UUID(int=number).hex, number, receipt, "hand", procedure, sections[section], status, 1, name, kana, moment, moment,
        moment, identity, "valid", "none", "held" if is_held else "receipted", "DUP-513" if is_held else "", "silent", 0, "",
        visit, None, False, None, _words(name, kana) + search_text((receipt,)), "none", "", None,
    )  # fmt: skip


@lru_cache(maxsize=200_000)
def _words(name: str, kana: str) -> str:
    return search_text((name, kana))


def _drawn(random: Random, shares: dict[str, int]) -> str:
    return random.choices(tuple(shares), tuple(shares.values()))[0]


def without_foreign_keys() -> None:
    """Let rows stand alone, for as long as this installation lives. On PostgreSQL as the owner of the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
            return
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'casework_case'::regclass"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE casework_case DROP CONSTRAINT "{name}"')
