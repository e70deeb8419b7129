"""`todoke package evidence`: write the stored evidence of one package, with its audit entry and seal, as a bundle."""

import argparse
import json
from pathlib import Path
from uuid import UUID

from todoke.casework.intake import queries as intake
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import PackageUnknown
from todoke.casework.relay.values import PackageDetail
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisation

from .verbs import DONE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", help="受付番号、または申請データのUUID / its receipt number or UUID")
    parser.add_argument("out", type=Path, help="書き出すファイル / the file to write")
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument(
        "--with-list", action="store_true", help="失効リストも含める / include the revocation list"
    )
    parser.add_argument("--purpose", default="", help="書き出す理由（監査に残る） / why; kept in the audit")


def _run(args: argparse.Namespace) -> int:
    with scope(organisation(args.organisation).code):
        package = _package(args.package)
        bundle = intake.evidence_bundle(package.id, is_whole=True, with_list=args.with_list)
        audit.record_read(
            "evidence.exported", object_kind="package", object_id=str(package.id), actor=command_actor(), at=now(),
            purpose=args.purpose,
        )  # fmt: skip
    write_bundle(args.out, bundle)
    if args.json:
        print_json({"file": args.out.name, "sha256": bundle["sha256"]})
    else:
        console().print(
            f"書き出しました。検証: python3 tools/evidence_verify.py {args.out.name} 申請データ.zip"
        )
    return DONE


def _package(text: str) -> PackageDetail:
    """By UUID, else the newest of a 受付番号. Raises PackageUnknown."""
    try:
        return relay.package_by_uuid(UUID(text))
    except ValueError:
        found = relay.packages_numbered(text)
    if not found:
        raise PackageUnknown
    return found[-1]


def write_bundle(path: Path, bundle: object) -> None:
    """One JSON document, readable by its owner only: it holds the signer's certificate."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(bundle, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


VERB = Verb(_arguments, _run)
