"""`todoke doctor`: what is configured, reachable and missing, each with what to do next."""

import argparse
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from todoke.casework import journey
from todoke.casework.handover import queries as handover
from todoke.casework.identify import queries as identify
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import ListStatus
from todoke.casework.relay import queries as relay
from todoke.foundation import databases
from todoke.foundation.accounts.queries import any_staff
from todoke.foundation.audit import queries as audit
from todoke.foundation.backup import queries as backup
from todoke.foundation.calendars.queries import JAPAN, japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.labels import Labelled
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.organisations.values import OrganisationKind, OrganisationRef
from todoke.foundation.vault.queries import master_key
from todoke.japanese import eras

from . import configuration
from .verbs import DONE, NOT_GOOD, Verb, console, print_json


class Health(Labelled):
    """診断の結果."""

    GOOD = "good", "正常"
    MISSING = "missing", "未設定"
    BAD = "bad", "要対応"


STALE_COPY = timedelta(hours=26)  # a day, and the time that a backup may take
WALLS = {"seccomp": "seccomp", "landlock": "Landlock", "namespaces": "名前空間"}
COLOURS = {Health.GOOD: "green", Health.MISSING: "yellow", Health.BAD: "red"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at; `advice` says what to do, empty when it is well."""

    subject: str
    health: Health
    advice: str = ""


def _arguments(_: argparse.ArgumentParser) -> None:
    return None


def _run(args: argparse.Namespace) -> int:
    items = list(_installation())
    if _database().health is Health.GOOD:
        items += [item for body in organisations() for item in _looked_at(body)]
    if args.json:
        print_json(
            [{"subject": one.subject, "health": one.health.value, "advice": one.advice} for one in items]
        )
    else:
        for one in items:
            mark = f"[{COLOURS[one.health]}]{one.health.label}[/]"
            console().print(f"{mark} {one.subject}" + (f" — {one.advice}" if one.advice else ""))
    return NOT_GOOD if any(one.health is Health.BAD for one in items) else DONE


def _installation() -> Iterator[Item]:
    """Folder, keys, database, anchors, first administrator."""
    yield _place(Path(settings.VAR))
    try:
        master_key()
        yield Item("保管庫の鍵", Health.GOOD)
    except TodokeError as trouble:
        yield Item("保管庫の鍵", Health.BAD, trouble.for_screen())
    yield _confinement()
    yield _signed_settings()
    database = _database()
    yield database
    if database.health is Health.GOOD:
        yield from _trust()
        yield _scanner()
        is_set_up = any_staff()
        yield Item(
            "最初の管理者",
            Health.GOOD if is_set_up else Health.MISSING,
            "" if is_set_up else "`todoke serve` を実行し、表示された初回設定のリンクを開いてください。",
        )
        yield _second_step()


def _signed_settings() -> Item:
    """Whether settings, profiles, anchors and the program are what somebody signed（U07）."""
    subject, signed = "設定の署名", configuration.signed()
    again = "身に覚えがあれば `todoke settings sign --reason 理由`、なければ事故として扱ってください。"
    if signed is None:
        return Item(
            subject, Health.MISSING, "`todoke settings sign --reason 理由` で、今の設定に署名してください。"
        )
    if not signed.is_whole:
        return Item(subject, Health.BAD, f"署名が合いません。{again}")
    if changed := configuration.changed_since(signed):
        names = "、".join(changed[:8]) + (f" ほか{len(changed) - 8}件" if len(changed) > 8 else "")
        return Item(
            f"{subject}（{_words(signed.at)}）", Health.BAD, f"署名した後に変わりました: {names}。{again}"
        )
    return Item(f"{subject}（{_words(signed.at)}、{len(signed.parts)}件）", Health.GOOD)


def _second_step() -> Item:
    """Whether a password alone lets anybody in."""
    subject = "サインインの二段階目"
    if settings.TODOKE_SECOND_STEP_ROLES:
        return Item(subject, Health.GOOD)
    advice = "だれにも求めていません。運用では TODOKE_SECOND_STEP_ROLES=all にしてください。"
    return Item(subject, Health.MISSING, advice)


def _place(var: Path) -> Item:
    """Whether what is kept can be written, and by nobody else on this machine read."""
    if not os.access(var, os.W_OK):
        return Item(f"保存先 {var}", Health.BAD, "書き込めるようにしてください。")
    is_open = var.stat().st_mode & stat.S_IRWXO
    if is_open and all(folder.stat().st_mode & stat.S_IXOTH for folder in var.resolve().parents):
        advice = f"この機械のほかの利用者が開けます。`chmod o= {var}` を実行してください。"
        return Item(f"保存先 {var}", Health.BAD, advice)
    return Item(f"保存先 {var}", Health.GOOD)


def _confinement() -> Item:
    """Whether packages can be read in a confined worker, and within which fences."""
    subject = "隔離した解析"
    try:
        walls = intake.confinement()
    except TodokeError as trouble:
        return Item(subject, Health.BAD, trouble.for_screen())
    standing = [word for name, word in WALLS.items() if walls[name]]
    if not walls["seccomp"]:
        advice = "seccomp がありません（TODOKE_CONFINEMENT=best-effort）。カーネルの設定を確かめてください。"
        return Item(subject, Health.MISSING, advice)
    return Item(f"{subject}（{'、'.join(standing)}）", Health.GOOD)


def _database() -> Item:
    subject = f"データベース（{connection.vendor}）"
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Item(subject, Health.BAD, "接続できません。TODOKE_DATABASE_URL を確かめてください。")
    if waiting:
        return Item(subject, Health.BAD, "古い版です。`todoke migrate` を実行してください。")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                advice = "実行時の役割が行レベルセキュリティを迂回できます。専用の役割で接続してください。"
                return Item(subject, Health.BAD, advice)
    return Item(subject, Health.GOOD)


def _trust() -> Iterator[Item]:
    subject = f"トラストアンカー {settings.TODOKE_TRUST_DIR}"
    try:
        status = intake.trust_status(at=now())
    except TodokeError as trouble:
        yield Item(subject, Health.BAD, trouble.for_screen())
        return
    if status.anchors == 0:
        yield Item(
            subject, Health.MISSING, "認証局の証明書を置いてください。署名付きの申請を判定できません。"
        )
        return
    yield Item(f"{subject}（認証局{status.anchors}、失効リスト{len(status.lists)}）", Health.GOOD)
    for one in status.lists:
        yield _list(one)
    if not status.lists:
        yield Item(
            "失効リスト",
            Health.BAD,
            "ありません。署名付きの申請は確認待ちになります。リストを置いてください。",
        )
    if status.refused:
        advice = "発行者が未登録か、別の鍵の署名か、壊れています。使っていません。入手し直してください。"
        yield Item(f"使えない失効リスト {len(status.refused)}件", Health.BAD, advice)


def _words(moment: datetime) -> str:
    return f"{eras.written(japanese_date(moment))} {moment.astimezone(JAPAN):%H:%M}"


def _list(one: ListStatus) -> Item:
    """One revocation list with its age; a stale one answers nothing good."""
    period = f"{_words(one.this_update)} から {_words(one.next_update)} まで、{one.entries:,}件"
    subject = f"失効リスト {one.issuer_key[:16]}…（{period}）"
    if one.is_future:
        return Item(subject, Health.BAD, "日付が未来です。この機械の時計を確かめてください。")
    if one.is_stale:
        return Item(subject, Health.BAD, "期限切れです。新しいリストを置いてください。")
    return Item(subject, Health.GOOD, f"{one.age // timedelta(hours=1)}時間前のものです。")


def _scanner() -> Item:
    """The malware scanner: asked for its version, and to find the test file."""
    subject = f"ウイルス対策ソフト {settings.TODOKE_CLAMD or '（未設定）'}"
    if not settings.TODOKE_CLAMD:
        is_required = settings.TODOKE_SCAN == "required"
        advice = "TODOKE_CLAMD に clamd の場所を書いてください。" + (
            "検査していない添付は開けません。" if is_required else "添付は「未検査」と表示します。"
        )
        return Item(subject, Health.BAD if is_required else Health.MISSING, advice)
    problems = journey.scanner_problems()
    return Item(subject, Health.BAD if problems else Health.GOOD, " ".join(problems))


def _looked_at(body: OrganisationRef) -> list[Item]:
    """One body; where its group's database is away only that, and the others are looked at all the same."""
    try:
        return list(_body(body))
    except (OperationalError, InterfaceError):
        advice = "この団体のデータベースに届きません。組のサーバーと TODOKE_DATABASE_GROUPS_FILE を確かめてください。"
        return [Item(f"{body.code} {body.name}", Health.BAD, advice)]


def _body(body: OrganisationRef) -> Iterator[Item]:
    """Channels, links, core systems, audit and parked work of one body; the follower that its lists are read from."""
    name = f"{body.code} {body.name}"
    with scope(body.code, read_only=True):
        channels, systems = relay.channels(), handover.core_systems()
        runs = {run.channel: run for run in relay.last_runs()}
        has_links = bool(identify.current_generations())
        waiting_seal = audit.oldest_unchained()
        parked = [*handover.parked_batches()]
        copies = [*_copies(name), *_follower(body)]
    yield from copies
    yield _form_checks(body)
    found = [(one.name, journey.channel_problems(one)) for one in channels]
    yield from _connections(name, found, "受付経路")
    for run in runs.values():
        if not run.is_complete:
            yield Item(
                f"{name} 受信 {run.channel}",
                Health.BAD,
                f"前回読み切れていません（{run.list_code}）。自動で再試行します。",
            )
    if body.kind is OrganisationKind.MUNICIPALITY and not has_links:
        yield Item(f"{name} 番号紐付情報", Health.MISSING, "`todoke serials load` で取り込んでください。")
    yield from _connections(name, [(one.name, journey.core_problems(one)) for one in systems], "基幹")
    if (
        waiting_seal is not None
        and (now() - waiting_seal).total_seconds() > settings.TODOKE_SEAL_SECONDS * 10
    ):
        yield Item(
            f"{name} 監査証跡の封印", Health.BAD, "封印が遅れています。`todoke work` を動かしてください。"
        )
    if parked:
        yield Item(
            f"{name} 止まった引渡し {len(parked)}件",
            Health.BAD,
            "窓口の「稼働状況」で原因を確かめてください。",
        )


def _follower(body: OrganisationRef) -> Iterator[Item]:
    """The follower that lists are read from, where one is set up; in scope."""
    if databases.has_follower(body.code):
        advice = "届かないか、TODOKE_FOLLOWER_LAG_SECONDS より遅れています。一覧は元のデータベースから読んでいます。"
        is_near = databases.follower_of(body.code) is not None
        health, words = (Health.GOOD, "") if is_near else (Health.BAD, advice)
        yield Item(f"{body.code} {body.name} 読み取り専用の複製", health, words)


def _copies(name: str) -> Iterator[Item]:
    """The newest backup of the body in scope, and whether a restore still holds what goes outside."""
    found, restored = backup.last_backup(), backup.open_restoration()
    if restored is not None:
        advice = "外への送信を止めています。窓口の「基幹との突合」で台帳を確かめ、再開してください。"
        yield Item(f"{name} 復元（{restored.set_name}）", Health.BAD, advice)
    if settings.TODOKE_BACKUP_DIR is None:
        yield Item(
            f"{name} 控え",
            Health.MISSING,
            "TODOKE_BACKUP_DIR を決め、毎日 `todoke backup` を実行してください。",
        )
    elif found is None or now() - found.taken_at > STALE_COPY:
        yield Item(f"{name} 控え", Health.BAD, "新しい控えがありません。`todoke backup` を実行してください。")
    else:
        yield Item(f"{name} 控え（{_words(found.taken_at)}）", Health.GOOD)


def _form_checks(body: OrganisationRef) -> Item:
    """Which rules of 形式審査 the body has; its packages wait while they cannot be read."""
    subject = f"{body.code} {body.name} 形式審査の規則"
    try:
        checks = intake.form_checks(body.code)
    except TodokeError as invalid:
        return Item(subject, Health.BAD, invalid.for_screen())
    return Item(f"{subject} {checks.name}（{checks.provenance.status}）", Health.GOOD)


def _connections(name: str, found: list[tuple[str, list[str]]], word: str) -> Iterator[Item]:
    if not found:
        yield Item(f"{name} {word}", Health.MISSING, "まだ登録されていません。")
    for one, problems in found:
        advice = " ".join(problems)
        yield Item(f"{name} {word} {one}", Health.BAD if problems else Health.GOOD, advice)


VERB = Verb(_arguments, _run)
