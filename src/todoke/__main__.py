"""The `todoke` command: a list of verbs; the one that is asked for is loaded and run."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from todoke.cli import troubles
from todoke.cli.verbs import EXIT_CODES, USAGE, Verb
from todoke.foundation.errors import TodokeError


@dataclass(frozen=True, slots=True)
class Command:
    """One verb of the command line, known without loading it: its words, its file in todoke.cli, its help."""

    words: tuple[str, ...]
    module: str
    ja: str
    en: str
    needs_django: bool = True


COMMANDS = (
    Command(("serve",), "serve", "窓口画面と自動処理を開始する", "start the desk and, beside it, a worker"),
    Command(("work",), "work", "自動処理を行う（受信から通知まで）", "run the jobs, from receiving to telling the applicant"),
    Command(("demo",), "demo", "架空の申請で全工程を動かす", "carry invented applications through it all", False),
    Command(("migrate",), "migrate", "データベースをこの版に更新する", "bring the database to this version"),
    Command(("doctor",), "doctor", "設定と接続を診断する", "say what is configured, reachable and missing"),
    Command(("organisation", "register"), "organisation_register", "団体を登録する", "register a further body"),
    Command(
        ("organisation", "move"), "organisation_move", "団体を別のデータベースへ移す",
        "let a body live in another database",
    ),
    Command(("section", "register"), "section_register", "課と担当する手続を登録する", "register a section and its procedures"),
    Command(("core", "register"), "core_register", "基幹システムを登録する", "register a core system"),
    Command(("relay", "pull"), "relay_pull", "受付経路をいま一度読む", "read every channel once, now"),
    Command(
        ("package", "check"), "package_check", "申請データを一件検証する（保存しない）", "judge one package, store nothing"
    ),
    Command(
        ("package", "import"), "package_import", "手で取得した申請データを取り込む", "take packages downloaded by hand"
    ),
    Command(
        ("package", "evidence"), "package_evidence", "検証の記録を書き出す", "write the evidence of a package as a bundle"
    ),
    Command(("residents", "load"), "residents_load", "住民記録の写しを取り込む", "load a copy of resident records"),
    Command(("serials", "load"), "serials_load", "番号紐付情報を取り込む", "load links of serials to resident numbers"),
    Command(
        ("protected", "load"), "protected_load", "支援措置対象者の一覧を取り込む", "take over a list of protected persons"
    ),
    Command(("backup", "verify"), "backup_verify", "控えが正しいか確かめる", "verify a set of backups"),
    Command(("backup", "list"), "backup_list", "控えの一覧を表示する", "list the sets of backups"),
    Command(("backup", "rotate"), "backup_rotate", "古い控えを消す", "let old sets go"),
    Command(("backup", "keygen"), "backup_keygen", "控えの鍵の組を作る", "make the pair of keys for backups"),
    Command(("backup",), "backup", "控えを取る（動かしたまま）", "take a set of backups while everything goes on"),
    Command(("restore",), "restore", "控えから空の場所に戻す", "bring a set back into an empty place"),
    Command(
        ("disposal", "list"), "disposal_list", "廃棄できるものを表示する（何も変えない）",
        "what may be disposed of; changes nothing",
    ),
    Command(
        ("vault", "compact"), "vault_compact", "保管庫の空きを取り戻す",
        "give the room of dead bytes in the vault back",
    ),
    Command(
        ("vault", "verify"), "vault_verify", "保管した原本を読み、壊れていないか確かめる",
        "read every original and compare its hash",
    ),
    Command(
        ("vault", "repair"), "vault_repair", "壊れた原本を控えから戻す（動かしたまま）",
        "put damaged originals back from the backups",
    ),
    Command(
        ("settings", "sign"), "settings_sign", "設定に署名する（手で変えた所を doctor が言う）",
        "sign the settings; doctor tells what was changed by hand",
    ),
    Command(
        ("keys", "rotate"), "keys_rotate", "鍵を取り替える（途中で止めても続きから）",
        "change a key; killed, it goes on by the same command",
    ),
    Command(("keys", "show"), "keys_show", "鍵の版と、取り替えの進みを表示する", "which keys there are, and how far a change is"),
    Command(("keys", "retire"), "keys_retire", "使われなくなった古い鍵を片づける", "put keys away that nothing needs any more"),
    Command(
        ("staff", "link"), "staff_link", "職員のサインイン用リンクを出す（全員が入れないとき）",
        "a one-time link for a member of staff, when nobody can sign in",
    ),
    Command(("audit", "verify"), "audit_verify", "監査証跡の連鎖と封印を検証する", "verify the audit trail's chains and seals"),
    Command(("audit", "export"), "audit_export", "監査証跡を検証用に書き出す", "write it for the stand-alone verifier"),
    Command(("pack", "validate"), "pack_validate", "手順書データを確かめる", "judge guidelines as data"),
    Command(("pack", "diff"), "pack_diff", "手順書の二つの版を比べる", "compare two editions of a guideline"),
    Command(("pack", "new"), "pack_new", "手順書データの雛形を作る", "begin an edition, a successor or an overlay"),
    Command(("pack", "to-excel"), "pack_to_excel", "手順書データをExcelにする", "write an edition as a workbook"),
    Command(("pack", "from-excel"), "pack_from_excel", "Excelから手順書データを作る", "read an edition from a workbook"),
    Command(("pack", "apply"), "pack_apply", "手順書の版を団体に登録する", "keep an edition for a body"),
    Command(("exchange", "key"), "exchange_key", "自団体の公開鍵と、信頼する鍵を見る", "our public key, and whose we believe"),
    Command(
        ("exchange", "believe"), "exchange_believe", "指紋を確かめた相手の公開鍵を登録する",
        "register the public key of another body",
    ),
    Command(("rollup", "submit"), "rollup_submit", "計画を署名して提出する", "submit a plan to the body above"),
    Command(("rollup", "import"), "rollup_import", "国の公表資料を取り込む", "import an official publication"),
    Command(("forecast", "exact"), "forecast_exact", "日程を厳密解法で確かめる", "check plans with an exact solver"),
    Command(("rollup", "status"), "rollup_status", "提出の集まり方を見る", "say who has submitted"),
    Command(("ledger", "reconcile"), "ledger_reconcile", "基幹の台帳と突き合わせる", "compare with the core's ledger"),
    Command(("sample", "make"), "sample_make", "架空の住民と申請を作る", "write invented residents and applications", False),
)  # fmt: skip


def overview() -> str:
    """The help of the whole command, in Japanese and English."""
    lines = [
        "Todoke（届）: 申請をポータルから窓口へ、窓口から基幹へ。/ From the portal to the desk and into the core.",
        "",
        "使い方 / usage: todoke VERB [options]    詳しくは / more: todoke VERB --help",
        "",
    ]
    lines += [f"  {' '.join(one.words):<21} {one.ja} / {one.en}" for one in COMMANDS]
    return "\n".join([*lines, "", EXIT_CODES])


def find(arguments: Sequence[str]) -> Command | None:
    """The verb that the words begin with."""
    return next((one for one in COMMANDS if tuple(arguments[: len(one.words)]) == one.words), None)


def _load(command: Command) -> Verb:
    """The verb itself; Django is made ready first, because most verbs need the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "todoke.settings")
    if command.needs_django:
        import django  # only here is it known that the settings are needed

        with troubles.settings_told():
            importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        django.setup()
    verb: Verb = importlib.import_module(f"todoke.cli.{command.module}").VERB
    return verb


def parser(command: Command, verb: Verb) -> argparse.ArgumentParser:
    """The parser of one verb; its help stands in Japanese and English."""
    text = f"{command.ja} / {command.en}"
    one = argparse.ArgumentParser(
        prog=f"todoke {' '.join(command.words)}", description=text, epilog=EXIT_CODES
    )
    verb.arguments(one)
    one.add_argument("--json", action="store_true", help="結果をJSONで出力 / print the result as JSON")
    return one


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = find(words)
    if command is None:
        wants_help = not words or words[0] in {"-h", "--help", "help"}
        (sys.stdout if wants_help else sys.stderr).write(overview() + "\n")
        return 0 if wants_help else USAGE
    try:
        verb = _load(command)
        asked = parser(command, verb).parse_args(words[len(command.words) :])
        with troubles.storage_told():
            code = verb.run(asked)
            sys.stdout.flush()  # here, where a reader that has gone away is still an answer and no accident
        return code
    except TodokeError as broken:
        _say(f"{broken.code} {broken.for_screen()}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # who reads our output, `head` for one, has had enough
        _let_go(sys.stdout)
        return 1


def _say(sentence: str) -> None:
    """Tell why it ends. Where neither stream can be written any more, the exit code alone says so."""
    for stream, words in ((sys.stdout, ""), (sys.stderr, sentence)):
        try:
            stream.write(words)
            stream.flush()
        except OSError:
            _let_go(stream)


def _let_go(stream: TextIO) -> None:
    """What still waits in a stream goes nowhere, so that leaving is no accident."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def program() -> int:
    """The command as a process of its own: nobody else on the machine reads what it, or a child of it, writes."""
    os.umask(os.umask(0o077) | 0o027)
    return main()


if __name__ == "__main__":
    sys.exit(program())
