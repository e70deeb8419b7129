"""Questions about plans: read only."""

from .editions import edition_of, item_by_edition, made_by_edition, newer_editions, supports
from .impact import Effect, adopted_sheet, adoption, adoptions, impact, impact_sheet
from .log import changes
from .plans import (
    PlanName,
    capacities,
    content,
    item,
    items,
    links,
    plan,
    plan_of_item,
    plans,
    windows,
)
from .roadmap import roadmap, roadmap_html, roadmap_pdf, roadmap_workbook
from .setup import draft, drafts, setup_questions, setup_steps, town
from .snapshots import kept_snapshot, snapshot

__all__ = [
    "Effect", "PlanName", "adopted_sheet", "adoption", "adoptions", "capacities", "changes", "content", "draft", "drafts",
    "edition_of",
    "impact", "impact_sheet", "item", "item_by_edition", "items", "kept_snapshot", "links", "made_by_edition",
    "newer_editions", "plan", "plan_of_item", "plans", "roadmap", "roadmap_html", "roadmap_pdf",
    "roadmap_workbook", "setup_questions", "setup_steps", "snapshot", "supports", "town",
    "windows",
]  # fmt: skip
