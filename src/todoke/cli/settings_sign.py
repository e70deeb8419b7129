"""`todoke settings sign`: sign what the installation is set to, so that `todoke doctor` tells what was changed by hand."""

import argparse

from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations

from . import configuration
from .verbs import DONE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reason", required=True, help="変えた理由（監査証跡に残る） / why it was changed; kept in the audit"
    )


def _run(args: argparse.Namespace) -> int:
    before = configuration.signed()
    changed = configuration.changed_since(before) if before is not None else []
    count = configuration.sign(at=now())
    for body in organisations():
        with scope(body.code):
            audit.record(
                "installation.settings_signed", object_kind="installation", object_id="settings",
                actor=command_actor(), at=now(), purpose=args.reason[:200],
                facts={"parts": count, "changed": len(changed), "names": "、".join(changed)[:400]},
            )  # fmt: skip
    if args.json:
        print_json({"parts": count, "changed": changed})
        return DONE
    console().print(f"設定とファイル {count} 件に署名しました。", markup=False)
    for name in changed:
        console().print(f"  前の署名から変わったもの: {name}", markup=False)
    return DONE


VERB = Verb(_arguments, _run)
