"""`todoke pack validate`: judge editions in files, before anybody uses them; stores nothing."""

import argparse

from todoke.programme.packs import queries
from todoke.programme.packs.values import Edition, Finding, Weight

from .pack_files import finding_json, read_edition, tell_findings
from .verbs import DONE, NOT_GOOD, Verb, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", help="手順書データ（YAML・Excel）か版の名前 / files, or names of editions"
    )
    parser.add_argument("--before", help="前の版（省略時は製品に付属の版） / the edition that it supersedes")
    parser.add_argument("--strict", action="store_true", help="注意も不備とする / doubts count as well")


def _run(args: argparse.Namespace) -> int:
    before = read_edition(args.before) if args.before else None
    editions = [(word, read_edition(word)) for word in args.files]
    found = {word: _findings(edition, before) for word, edition in editions}
    if args.json:
        print_json([_as_json(word, edition, found[word]) for word, edition in editions])
    else:
        for word, findings in found.items():
            tell_findings(word, findings)
    bad = {Weight.FAULT, Weight.DOUBT} if args.strict else {Weight.FAULT}
    return NOT_GOOD if any(one.weight in bad for findings in found.values() for one in findings) else DONE


def _as_json(word: str, edition: Edition, findings: list[Finding]) -> dict[str, object]:
    lines = [finding_json(one) for one in findings]
    return {"file": word, "edition": str(edition.ref), "sha256": edition.sha256, "findings": lines}


def _findings(edition: Edition, before: Edition | None) -> list[Finding]:
    return queries.findings(edition) if before is None else queries.findings_after(edition, before)


VERB = Verb(_arguments, _run)
