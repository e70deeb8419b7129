"""Evidence in plain Japanese: who signed, what vouches for it, how revocation was checked, when — for a clerk to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from todoke.casework.intake.values import Answered, Severity, SignatureFormat, SignatureState, StoredEvidence
from todoke.casework.relay.values import PackageState
from todoke.casework.trust.values import Checker
from todoke.foundation.calendars.queries import JAPAN
from todoke.foundation.errors import SENTENCES, sentence_of
from todoke.proof.revocation import Reason, Standing
from todoke.web.desk.trust_view import EVERY_CHANNEL, EVERY_PROCEDURE, staff_names
from todoke.web.shared import dates

SHOWN_OF_SERIAL = 4
NOTHING = "－"
Record = Mapping[str, Any]  # our own canonical JSON


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the record: a heading, and what it says line by line."""

    heading: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The record in words; `sha256` is the hash that the audit holds."""

    sections: Sequence[Section]
    sha256: str
    made_at: datetime


def of(stored: StoredEvidence) -> EvidenceView:
    """Put a record into words; the serial is shown by its end only."""
    record: Record = json.loads(stored.record)
    sections = [_outcome(record), _signer(record), _revocation(record), _times(record), _original(record)]
    return EvidenceView([one for one in sections if one is not None], stored.sha256, stored.made_at)


def _outcome(record: Record) -> Section:
    found = record["outcome"]
    lines = [
        ("判定", PackageState(found["state"]).label),
        ("電子署名", SignatureState(found["signature"]).label),
    ]
    codes = [
        (f"指摘 {code}", f"{_sentence(code)}（{Severity(weight).label}）")
        for code, weight in found["findings"]
    ]
    return Section("結果", [*lines, *codes])


def _sentence(code: str) -> str:
    return sentence_of(code) if code in SENTENCES else code


def _signer(record: Record) -> Section | None:
    signature, certificate = record.get("signature"), record.get("certificate")
    if signature is None or certificate is None:
        return None
    lines = [
        ("署名の形式", f"{SignatureFormat(signature['format']).label}（{signature['digest']}）"),
        ("署名が覆うもの", signature["covers"]),
        ("署名した人の証明書", f"SHA-256 {certificate['sha256']}"),
    ]
    if "serial" in certificate:
        lines += [
            ("発行番号", f"末尾 {certificate['serial'][-SHOWN_OF_SERIAL:]}"),
            ("発行者の鍵", certificate["issuer_key"]),
            (
                "有効期間",
                f"{_moment(certificate['not_before'])} から {_moment(certificate['not_after'])} まで",
            ),
            ("認証局", "、".join(f"SHA-256 {one[:16]}…" for one in certificate["chain"])),
        ]
    return Section("だれが署名したか", lines)


def _revocation(record: Record) -> Section | None:
    found = record.get("revocation")
    if found is None:
        return None
    lines = [
        ("確かめ方", Checker(found["checker"]).label),
        ("選んだ人", _chooser(found["choice"])),
        ("答えたもの", Answered(found["answered_by"]).label),
        ("答え", _answer(found)),
    ]
    return Section("失効をどう確かめたか", [*lines, *_list(found["list"]), *_channel(found["channel"])])


def _chooser(choice: Record | None) -> str:
    if choice is None:
        return "だれも選んでいません（設置時の既定）"
    who = staff_names().get(choice["by"], f"職員番号 {choice['by']}")
    where = f"{choice['channel'] or EVERY_CHANNEL}・{choice['procedure'] or EVERY_PROCEDURE}"
    return f"{who}（{_moment(choice['at'])}、{where}）理由: {choice['reason']}"


def _answer(found: Record) -> str:
    words = Standing(found["standing"]).label
    reason = f"（{Reason(found['reason']).label}）" if found["reason"] else ""
    since = f" {_moment(found['since'])} から" if found["since"] else ""
    return f"{words}{reason}{since}"


def _list(one: Record | None) -> list[tuple[str, str]]:
    if one is None:
        return [("失効リスト", "使っていません")]
    period = (
        f"{_moment(one['this_update'])} 発行、次回更新 {_moment(one['next_update'])}、{one['entries']:,}件"
    )
    return [("失効リスト", period), ("失効リストの SHA-256", one["sha256"])]


def _channel(one: Record | None) -> list[tuple[str, str]]:
    if one is None:
        return []
    said = f"{one['checked_by'] or NOTHING}、{_moment(one['checked_at'])}、{one['means'] or NOTHING}"
    return [("受付経路の検証結果", said), ("読み取りの取決め", one["source"])]


def _times(record: Record) -> Section:
    times = record["times"]
    lines = [
        ("申請日時", _moment(times["applied_at"])),
        ("署名した人の時計での署名日時", _moment(times["signing_time"])),
        ("ポータルの受付日時", _moment(times["portal_received_at"])),
        ("証明書を判定した時点", _moment(times["judged_as_of"])),
        ("検証した日時", _moment(times["judged_at"])),
        ("申請から受付まで", _apart(times["applied_before_reception"])),
        ("署名から受付まで", _apart(times["signed_before_reception"])),
    ]
    return Section("いつの時点で判定したか", lines)


def _original(record: Record) -> Section:
    original, layout = record["original"], record["layout"]
    lines = [
        ("申請データの SHA-256", original["sha256"]),
        ("大きさ", f"{original['size']:,} バイト"),
        ("ファイルの数", f"{len(record['members'])} 件（それぞれのハッシュ値は証拠ファイルにあります）"),
        ("レイアウト", f"{layout['name']} {layout['edition']}"),
        ("ソフトウェア", record["software"]),
    ]
    return Section("何を検証したか", lines)


def _moment(text: str | None) -> str:
    if not text:
        return NOTHING
    found = datetime.fromisoformat(text)
    return f"{dates.day_words(found)} {found.astimezone(JAPAN):%H:%M:%S}"


def _apart(seconds: int | None) -> str:
    """How far two moments lie apart; a claim that lies after the reception is said to."""
    if seconds is None:
        return NOTHING
    apart = timedelta(seconds=abs(seconds))
    hours, rest = divmod(apart.seconds, 3_600)
    words = "".join(
        f"{number}{unit}"
        for number, unit in ((apart.days, "日"), (hours, "時間"), (rest // 60, "分"), (rest % 60, "秒"))
        if number
    )
    return f"{words or '0秒'}{'（受付より後の申告です）' if seconds < 0 else ''}"
