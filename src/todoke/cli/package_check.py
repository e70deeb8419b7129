"""`todoke package check`: judge one package by a profile and a folder of trust anchors; stores nothing, asks no database."""

import argparse
import hashlib
import mmap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from todoke.casework.intake import queries, services
from todoke.casework.intake.values import Circumstances, LayoutProfile, Original, Severity, Trust, Verdict
from todoke.casework.relay.values import PackageState
from todoke.foundation.calendars.queries import JAPAN, now
from todoke.foundation.procedures.queries import catalogue

from .package_evidence import write_bundle
from .verbs import DONE, NOT_DRAINED, NOT_GOOD, USAGE, Verb, console, print_json

EXITS: Mapping[PackageState, int] = {
    PackageState.ACCEPTED: DONE,
    PackageState.QUARANTINED: NOT_GOOD,
    PackageState.PENDING: NOT_DRAINED,
}
MARKS = {Severity.STOP: "✕", Severity.HOLD: "▲", Severity.WARN: "△", Severity.NOTE: "・"}


def _moment(text: str) -> datetime:
    """An ISO date and time; without an offset it is Japan's."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=JAPAN)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="申請データ（ZIP） / the package")
    parser.add_argument(
        "--profile",
        default="pittari-xml-sample",
        help="レイアウトの名前またはファイル / layout profile, name or file",
    )
    parser.add_argument(
        "--form-checks",
        default=queries.FORM_CHECKS,
        help="形式審査の規則の名前またはファイル / form checks, name or file",
    )
    parser.add_argument(
        "--trust", type=Path, help="トラストアンカーと失効リストのフォルダ / anchors and lists"
    )
    parser.add_argument(
        "--at", type=_moment, help="判定する日時（ISO 8601） / the time to judge at; default now"
    )
    parser.add_argument(
        "--organisation", default="", help="宛先として期待する団体コード / expected recipient"
    )
    parser.add_argument(
        "--revocation",
        choices=["if-present", "required"],
        default="if-present",
        help="失効リストがないとき: 確認せず注記するか、保留するか / without a list: note it, or wait",
    )

    parser.add_argument(
        "--evidence", type=Path, help="検証の記録を書き出すファイル / write the evidence to this file"
    )
    parser.add_argument(
        "--with-list", action="store_true", help="検証の記録に失効リストも含める / include the list in it"
    )
    parser.add_argument(
        "--in-process",
        action="store_true",
        help="隔離した子プロセスを使わずに解析する（調査用） / parse in this process, for debugging",
    )


def _run(args: argparse.Namespace) -> int:
    if not args.file.is_file() or (args.trust is not None and not args.trust.is_dir()):
        console().print("ファイルまたはフォルダが見つかりません。指定を確かめてください。")
        return USAGE
    profile = queries.load_profile(args.profile)
    trust = queries.load_trust(
        args.trust or Path("/nonexistent"), is_list_required=args.revocation == "required"
    )
    verdict = _verdict(args, profile, trust)
    if args.evidence:
        _write_evidence(args, verdict, profile)
    if args.json:
        print_json({"file": args.file.name, **services.verdict_document(verdict)})
    else:
        _tell(verdict)
    return EXITS[verdict.state]


def _write_evidence(args: argparse.Namespace, verdict: Verdict, profile: LayoutProfile) -> None:
    """The same record as a stored one, without audit: nothing was stored."""
    with open(args.file, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    original = Original(
        args.organisation, "", sha256, args.file.stat().st_size, profile.name, profile.provenance.edition,
        services.SOFTWARE,
    )  # fmt: skip
    directory = args.trust if args.with_list else None
    write_bundle(args.evidence, services.evidence_bundle(verdict, original, directory))


def _verdict(args: argparse.Namespace, profile: LayoutProfile, trust: Trust) -> Verdict:
    at = args.at or now()
    checks = queries.load_form_checks(args.form_checks)
    circumstances = Circumstances(
        args.organisation, at, _needs_signature, at if args.at else None, checks_of=checks.of
    )
    if not args.in_process:
        with open(args.file, "rb") as file:
            return queries.check_confined(
                file.fileno(), profile=profile, trust=trust, circumstances=circumstances
            )
    with _bytes_of(args.file) as data:
        return services.check_package(data, profile=profile, trust=trust, circumstances=circumstances)


def _needs_signature(procedure: str) -> bool | None:
    known = catalogue().get(procedure)
    return None if known is None else known.needs_signature


@contextmanager
def _bytes_of(path: Path) -> Iterator[memoryview]:
    """The file as a mapping: a large package costs no memory."""
    with open(path, "rb") as file:
        if path.stat().st_size == 0:
            yield memoryview(b"")
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:
            yield view


def _tell(verdict: Verdict) -> None:
    screen = console()
    signature = verdict.signature
    screen.print(f"{verdict.state.label}  {verdict.code}".rstrip())
    screen.print(f"  署名: {signature.state.label} {signature.reason}".rstrip())
    for line in services.verdict_document(verdict)["findings"]:  # type: ignore[attr-defined]  # a list, by its making
        mark = MARKS[Severity(line["severity"])]
        screen.print(f"  {mark} {line['code']} {line['sentence']} {line['where']}".rstrip(), markup=False)


VERB = Verb(_arguments, _run)
