"""`todoke pack new`: the beginnings of an edition: an empty one, the successor of another, or one that lies over another."""

import argparse
from dataclasses import replace
from pathlib import Path

from todoke.programme.packs import queries
from todoke.programme.packs.values import (
    NOT_RECORDED,
    Edition,
    EditionRef,
    Node,
    NodeKind,
    Relation,
    Source,
    Succession,
)

from .pack_files import read_edition, write_new
from .verbs import DONE, USAGE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="作るファイル（YAML） / the file to write")
    parser.add_argument("--edition", required=True, help="印刷された版 / the edition as printed")
    parser.add_argument("--pack", help="URN（新しい手順書のとき） / for a pack of its own")
    parser.add_argument("--title", default="", help="題名 / title")
    parser.add_argument("--publisher", default=NOT_RECORDED, help="発行者 / publisher")
    parser.add_argument("--after", help="改定する版（ファイルか名前） / the edition that it supersedes")
    parser.add_argument("--over", help="重ねる相手の版（追加データのとき） / the edition that it lies over")
    parser.add_argument("--force", action="store_true", help="あるファイルを置き換える / replace the file")


def _run(args: argparse.Namespace) -> int:
    if not (args.after or args.pack) or (args.after and args.over):
        console().print("--pack か --after のどちらかを指定してください（--over は --pack と使います）。")
        return USAGE
    edition = _successor(args) if args.after else _empty(args)
    content = queries.yaml_of(edition)
    queries.read_document(
        content, args.file.name
    )  # what does not fit the schema is told before it is written
    if not write_new(args.file, content, may_replace=args.force):
        return USAGE
    if args.json:
        print_json({"file": args.file.name, "edition": str(edition.ref)})
    else:
        console().print(
            f"{args.file} を作りました。書き方は docs/howto/add-a-guideline.md にあります。"
            "中身を書き、todoke pack validate で確かめてください。",
            markup=False,
        )
    return DONE


def _successor(args: argparse.Namespace) -> Edition:
    """All nodes as they are, each said to be the same: what changes is edited from there."""
    base = read_edition(args.after)
    return replace(
        base,
        ref=EditionRef(base.ref.pack, args.edition, 1),
        title=args.title or base.title,
        source=Source(args.title or base.source.title, base.source.publisher),
        supersedes=base.ref.edition,
        succession=tuple(Succession(Relation.SAME, (one.id,), (one.id,)) for one in base.nodes),
    )


def _empty(args: argparse.Namespace) -> Edition:
    title = args.title or args.pack
    edition = Edition(EditionRef(args.pack, args.edition, 1), title, Source(title, args.publisher))
    if not args.over:
        return replace(edition, nodes=(Node("root", title, NodeKind.GROUP),))
    below = read_edition(args.over)
    return replace(edition, overlays=below.ref.pack, overlay_edition=below.ref.edition, subject=below.subject)


VERB = Verb(_arguments, _run)
