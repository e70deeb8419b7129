"""`todoke core register`: register a core system of a body, or change how it is reached."""

import argparse
from pathlib import Path

from todoke.casework import journey
from todoke.casework.handover import services
from todoke.casework.handover.values import AdapterKind, CoreSettings
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisation
from todoke.foundation.transport import Transport

from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="基幹システムの名前（英数字） / its name")
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument(
        "--profile", required=True, help="取込レイアウトの名前またはファイル / layout, name or file"
    )
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--url", help="受信箱のアドレス（HTTP） / address of its inbox")
    way.add_argument("--folder", type=Path, help="共有フォルダー / shared folder")

    parser.add_argument("--authority-file", default="", help="信頼する認証局（PEM） / whom to trust there")
    parser.add_argument("--certificate-file", default="", help="こちらの証明書（PEM、相互TLS） / who we are")
    parser.add_argument("--key-file", default="", help="その秘密鍵 / its key, if apart")


def _run(args: argparse.Namespace) -> int:
    adapter = AdapterKind.HTTP_INBOX if args.url else AdapterKind.FOLDER
    folder = str(args.folder.resolve()) if args.folder else ""
    with scope(organisation(args.organisation).code):
        system = services.register_core_system(
            args.name,
            profile=args.profile,
            adapter=adapter,
            settings=CoreSettings(
                base_url=args.url or "",
                folder=folder,
                transport=Transport(args.authority_file, args.certificate_file, args.key_file),
            ),
            actor=command_actor(),
            at=now(),
        )
    problems = journey.core_problems(system)
    if args.json:
        print_json({"name": system.name, "adapter": adapter.value, "problems": problems})
    else:
        console().print(f"基幹システム {system.name} を登録しました（{adapter.label}）。", markup=False)
        for problem in problems:
            console().print(f"要対応: {problem}", markup=False)
    return NOT_GOOD if problems else DONE


VERB = Verb(_arguments, _run)
