"""`todoke pack diff`: what differs between two editions, and whether a plan computes with it."""

import argparse
from collections.abc import Mapping

from rich.table import Column, Table

from todoke.programme.packs import queries
from todoke.programme.packs.values import EditionDiff, NodeFate, Relation

from .pack_files import read_edition
from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base", help="前の版（ファイルか名前） / the edition before")
    parser.add_argument("new", help="新しい版（ファイルか名前） / the new edition")
    parser.add_argument(
        "--semantic", action="store_true", help="文言だけの差を除く / leave out changes of wording"
    )


def _run(args: argparse.Namespace) -> int:
    base, new = read_edition(args.base), read_edition(args.new)
    diff = queries.difference(base, new)
    fates = [one for one in diff.fates if one.is_semantic] if args.semantic else list(diff.fates)
    if args.json:
        print_json(_as_json(diff, fates))
    else:
        _tell(diff, fates, {node.id: node.label for one in (new, base) for node in one.nodes})
    return DONE


def _as_json(diff: EditionDiff, fates: list[NodeFate]) -> dict[str, object]:
    return {
        "base": str(diff.base), "new": str(diff.new),
        "nodes": [
            {
                "relation": one.relation.value, "before": one.before, "after": one.after, "semantic": one.is_semantic,
                "stated": one.is_stated, "note": one.note,
                "changes": [
                    {"field": c.field, "kind": c.kind.value, "before": c.before, "after": c.after} for c in one.changes
                ],
            }
            for one in fates
        ],
        "parts": [{"part": p.part, "key": p.key, "before": p.before, "after": p.after} for p in diff.parts],
    }  # fmt: skip


def _tell(diff: EditionDiff, fates: list[NodeFate], labels: Mapping[str, str]) -> None:
    console().print(f"{diff.base} → {diff.new}", markup=False)
    told = [one for one in fates if one.changes or one.relation is not Relation.SAME]
    if not told and not diff.parts:
        console().print("違いはありません。")
        return
    columns = [Column(word, overflow="fold") for word in ("関係", "前", "名前", "後", "変わったところ")]
    table = Table(*columns, box=None)
    for one in told:
        fields = "・".join(f"{c.field}（{c.kind.label}）" for c in one.changes)
        names = "・".join(labels.get(node, node) for node in one.before or one.after)
        table.add_row(
            one.relation.label, " ".join(one.before), names, " ".join(one.after), fields or one.note
        )
    console().print(table, markup=False)
    console().print(f"前後関係・期間・期限・コードなどの差 {len(diff.parts)}件", markup=False)


VERB = Verb(_arguments, _run)
