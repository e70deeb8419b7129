"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

from . import tree

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")
PLACE = re.compile(r"`((?:src|tests|docs|samples|sandbox|bench|tools|requirements|library)/[^`\s]*)`")
PAGES = [file for file in tree.tracked() if file.suffix == ".md"]
SECTIONS = ("**Context.**", "**Decision.**", "**Rejected.**", "**Consequences.**")
page = pytest.mark.parametrize("page", PAGES, ids=tree.name)


@page
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert not broken


@page
def test_every_named_place_is_there(page: Path) -> None:
    missing = [place for place in PLACE.findall(page.read_text()) if not _is_there(place)]
    assert not missing


def _is_there(place: str) -> bool:
    """Whether a path, possibly with * or …, or with `::test`, names something in the repository."""
    pattern = place.split("::", maxsplit=1)[0].rstrip("/").replace("…", "*")
    return any(True for _ in tree.ROOT.glob(pattern))


@pytest.mark.parametrize("page", sorted((tree.ROOT / "docs" / "decisions").glob("*.md")), ids=tree.name)
def test_a_decision_says_context_decision_rejected_and_consequences(page: Path) -> None:
    text = page.read_text()
    places = [text.find(section) for section in SECTIONS]
    assert -1 not in places
    assert places == sorted(places)
