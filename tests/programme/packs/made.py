"""Small invented editions for the tests of packs."""

from datetime import date
from itertools import pairwise
from typing import Any

from todoke.foundation.workbooks import Cell, Table
from todoke.programme.packs.rules.documents import document_of, edition_of
from todoke.programme.packs.rules.sheets import sheets_of
from todoke.programme.packs.values import (
    Concept,
    Edition,
    EditionRef,
    Estimate,
    Link,
    Node,
    NodeKind,
    Source,
    Succession,
)

PACK = "urn:example:shiken"
NOTHING: tuple[Any, ...] = ()


def node(node_id: str, label: str = "", **more: Any) -> Node:
    """A task of ten days below nothing, unless said otherwise."""
    more.setdefault("kind", NodeKind.TASK)
    more.setdefault("estimate", Estimate(5, 10, 20))
    return Node(node_id, label or f"作業{node_id}", **more)


def edition(*nodes: Node, printed: str = "1.0", release: int = 1, pack: str = PACK, **more: Any) -> Edition:
    """An edition of these nodes, with its hash."""
    source = more.pop(
        "source", Source("試験の手順書", "試験の発行者", date(2021, 4, 1), "https://example.jp/a")
    )
    made = Edition(EditionRef(pack, printed, release), "試験の手順書", source, nodes=nodes, **more)
    return hashed(made)


def hashed(one: Edition) -> Edition:
    return edition_of(document_of(one))


def after(
    base: Edition, *nodes: Node, moves: tuple[Succession, ...], printed: str = "2.0", **more: Any
) -> Edition:
    """The successor of an edition with its map."""
    return edition(
        *nodes, printed=printed, supersedes=base.ref.edition, succession=moves, pack=base.ref.pack, **more
    )


def chained(*ids: str) -> tuple[Link, ...]:
    return tuple(Link(one, two) for one, two in pairwise(ids))


def as_read(one: Edition) -> list[Table]:
    """The sheets of an edition as reading its workbook gives them: texts trimmed, empty rows left out."""
    return [
        Table(
            sheet.name, tuple(sheet.header),
            tuple(
                (number, dict(zip(sheet.header, [_trimmed(cell) for cell in row], strict=True)))
                for number, row in enumerate(sheet.rows, start=2)
            ),
        )
        for sheet in sheets_of(document_of(one))
    ]  # fmt: skip


def _trimmed(cell: Cell) -> Cell:
    return cell.strip() if isinstance(cell, str) else cell


CODES = {"business": (Concept("01", "住民"), Concept("02", "選挙", applies_if="org.kind != 'prefecture'"))}
