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
from .setup import draft, drafts, packs_for, setup_questions, setup_steps, town
from .snapshots import kept_snapshot, snapshot
from .steps import (
    assessment,
    assessments,
    candidates,
    questionnaire,
    statements,
    survey_result,
    survey_round,
    survey_rounds,
    survey_trend,
    workshop,
    workshops,
)
from .typing import typed_fields

__all__ = [
    "Effect",
    "PlanName",
    "adopted_sheet",
    "adoption",
    "adoptions",
    "assessment",
    "assessments",
    "candidates",
    "capacities",
    "changes",
    "content",
    "draft",
    "drafts",
    "edition_of",
    "impact",
    "impact_sheet",
    "item",
    "item_by_edition",
    "items",
    "kept_snapshot",
    "links",
    "made_by_edition",
    "newer_editions", "packs_for",
    "plan",
    "plan_of_item",
    "plans",
    "questionnaire",
    "roadmap",
    "roadmap_html",
    "roadmap_pdf",
    "roadmap_workbook",
    "setup_questions",
    "setup_steps",
    "snapshot",
    "statements",
    "supports",
    "survey_result",
    "survey_round",
    "survey_rounds",
    "survey_trend",
    "town",
    "typed_fields",
    "windows",
    "workshop",
    "workshops",
]  # fmt: skip
