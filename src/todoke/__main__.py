"""The `todoke` command: one parser over the verbs of todoke.cli."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from todoke.cli.verbs import EXIT_CODES, USAGE, Verb

VERB_MODULES = (
    "serve", "work", "demo", "migrate", "relay_pull", "package_check", "package_import", "serials_load", "audit_verify",
    "audit_export", "ledger_reconcile", "sample_make", "doctor",
)  # fmt: skip
GROUPS = {
    "relay": "連携サーバ / the relay",
    "package": "申請データ / packages",
    "serials": "番号紐付情報 / serial links",
    "audit": "監査証跡 / the audit trail",
    "ledger": "引渡し台帳 / the hand-over ledger",
    "sample": "架空の見本 / invented samples",
}


def _verbs() -> list[Verb]:
    return [importlib.import_module(f"todoke.cli.{name}").VERB for name in VERB_MODULES]


def parser() -> argparse.ArgumentParser:
    """The whole command line; help stands in Japanese and English."""
    top = argparse.ArgumentParser(
        prog="todoke", epilog=EXIT_CODES,
        description="Todoke（届）: 申請をポータルから窓口へ、窓口から基幹へ。/ From the portal to the desk and into the core.",
    )  # fmt: skip
    commands = top.add_subparsers(metavar="VERB", required=True)
    groups = {
        name: commands.add_parser(name, help=text, description=text).add_subparsers(
            metavar="VERB", required=True
        )
        for name, text in GROUPS.items()
    }
    for verb in _verbs():
        place = groups[verb.words[0]] if len(verb.words) == 2 else commands
        text = f"{verb.ja} / {verb.en}"
        one = place.add_parser(verb.words[-1], help=text, description=text, epilog=EXIT_CODES)
        verb.arguments(one)
        one.add_argument("--json", action="store_true", help="結果をJSONで出力 / print the result as JSON")
        one.set_defaults(verb=verb)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns its exit code."""
    chosen = parser().parse_args(arguments)
    verb: Verb = chosen.verb
    verb.prepare(chosen)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "todoke.settings")
    if verb.needs_django:
        import django  # here, because `prepare` may still change what the settings read

        django.setup()
    from todoke.foundation.errors import TodokeError  # after the settings, like every import of the product

    try:
        return verb.run(chosen)
    except TodokeError as broken:
        sys.stderr.write(f"{broken.code} {broken.for_screen()}\n")
        return USAGE if broken.code.startswith("USE-") else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
