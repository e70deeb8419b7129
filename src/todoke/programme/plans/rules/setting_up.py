"""The wizard from "new town" to a first plan: which questions an edition leaves open, their defaults, and what answers mean.

Only what the pack cannot know is asked. Every question has a default, so that a plan can be made at any time.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from todoke.foundation.organisations.values import SectionRef
from todoke.programme.packs.values import Concept, Edition
from todoke.programme.plans.values import (
    AnswerKind,
    PlanKind,
    ScopeEntry,
    SetupAnswers,
    SetupChoice,
    SetupQuestion,
    SetupStep,
    WindowKind,
)

from .generating import Applies, window_kind

Given = Mapping[str, Sequence[str]]
VENDOR_ROLES = frozenset({"ベンダ", "ベンダー", "事業者"})
LEAD_WORDS = ("DX", "ＤＸ", "デジタル", "情報", "企画", "総務")
COUNCIL_MONTHS = ("3", "6", "9", "12")
MOST_PERSONS, MOST_SLOTS, LONGEST = 999.0, 999.0, 200


@dataclass(frozen=True, slots=True)
class Town:
    """What is known before anything is asked: the kind of plan, the edition, whether a condition holds, the 課, the day."""

    kind: PlanKind
    edition: Edition
    applies: Applies
    sections: tuple[SectionRef, ...]
    started_on: date

    @property
    def lists(self) -> Mapping[str, tuple[Concept, ...]]:
        """The code lists over which the edition repeats, with the concepts that count for this body."""
        used = dict.fromkeys(one.repeat_over for one in self.edition.nodes if one.repeat_over)
        known = self.edition.codelists
        return {
            name: tuple(one for one in known[name] if self.applies(one.applies_if))
            for name in used
            if name in known
        }

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of staff whose effort the edition counts."""
        found = dict.fromkeys(role for node in self.edition.nodes for role in node.roles.effort)
        return tuple(one for one in found if one not in VENDOR_ROLES)

    @property
    def has_council(self) -> bool:
        """Whether something waits for the council（定例会）."""
        return any(window_kind(one) is WindowKind.ASSEMBLY for one in self.edition.windows)


def steps(town: Town) -> tuple[SetupStep, ...]:
    """The steps in which something is asked."""
    asked = {one.step for one in questions(town, {})}
    return tuple(one for one in SetupStep if one in asked)


def questions(town: Town, given: Given) -> tuple[SetupQuestion, ...]:
    """Every question with its default, what has been typed, and what is wrong with that."""
    found = (
        *_scope(town),
        *_sections(town, given),
        *_calendar(town),
        *_staff(town, given),
        *_systems(town, given),
    )
    return tuple(_with_given(one, given) for one in found)


def _with_given(question: SetupQuestion, given: Given) -> SetupQuestion:
    if question.id not in given:
        return question
    typed = tuple(given[question.id])
    return replace(question, given=typed, problem=_problem(question, typed))


def _scope(town: Town) -> Iterator[SetupQuestion]:
    for name, concepts in town.lists.items():
        yield SetupQuestion(
            f"scope:{name}", SetupStep.SCOPE, "対象にするもの", AnswerKind.CHOICES, tuple(one.code for one in concepts),
            tuple(SetupChoice(one.code, one.label, one.group) for one in concepts),
            "外したものは、あとで対象に戻せます。",
        )  # fmt: skip


def _sections(town: Town, given: Given) -> Iterator[SetupQuestion]:
    if not town.sections:
        return
    choices = tuple(SetupChoice(str(one.id), one.name) for one in town.sections)
    lead = _lead(town.sections)
    yield SetupQuestion(
        "section:lead", SetupStep.SECTIONS, "DXを推進する課", AnswerKind.SECTION, (lead,), choices,
        "事務・手続ごとではない取組の担当になります。",
    )  # fmt: skip
    for name, key, label in _subjects(town, given):
        yield SetupQuestion(
            f"section:{name}:{key}", SetupStep.SECTIONS, label, AnswerKind.SECTION, (_guess(label, town.sections, lead),),
            choices,
        )  # fmt: skip


def _subjects(town: Town, given: Given) -> Iterator[tuple[str, str, str]]:
    """What is asked for one by one, of what is covered: each 事務 of a standardisation（systems differ）, else each group."""
    for name, concepts in town.lists.items():
        covered = set(given.get(f"scope:{name}", [one.code for one in concepts]))
        mine = [one for one in concepts if one.code in covered]
        if town.kind is not PlanKind.STANDARDISATION and all(one.group for one in mine):
            yield from ((name, f"group:{group}", group) for group in dict.fromkeys(one.group for one in mine))
        else:
            yield from ((name, one.code, one.label) for one in mine)


def _lead(sections: Sequence[SectionRef]) -> str:
    found = (str(one.id) for word in LEAD_WORDS for one in sections if word in one.name)
    return next(found, str(sections[0].id))


def _guess(label: str, sections: Sequence[SectionRef], otherwise: str) -> str:
    """The section whose name shares the longest run of characters（two at least）with what it is for."""
    best = max(sections, key=lambda one: _shared(label, one.name))
    return str(best.id) if _shared(label, best.name) >= 2 else otherwise


def _shared(one: str, other: str) -> int:
    runs = ((start, end) for start in range(len(one)) for end in range(start + 1, len(one) + 1))
    return max((end - start for start, end in runs if one[start:end] in other), default=0)


def _calendar(town: Town) -> Iterator[SetupQuestion]:
    month = town.started_on.month
    first = date(town.started_on.year + month // 12, month % 12 + 1, 1)
    yield SetupQuestion(
        "starts_on", SetupStep.CALENDAR, "計画を始める日", AnswerKind.DAY, (first.isoformat(),), (),
        "この日より前に始まる取組はないものとして計算します。",
    )  # fmt: skip
    if town.has_council:
        months = tuple(SetupChoice(str(one), f"{one}月") for one in range(1, 13))
        yield SetupQuestion(
            "council", SetupStep.CALENDAR, "議会の定例会がある月", AnswerKind.MONTHS, COUNCIL_MONTHS, months,
            "条例の改正と予算の議決は、定例会を待ちます。",
        )  # fmt: skip


def _staff(town: Town, given: Given) -> Iterator[SetupQuestion]:
    many = {one for one in town.roles if _is_of_each_section(town, one)}
    sections = {
        tuple(value)
        for name, value in given.items()
        if name.startswith("section:") and name != "section:lead"
    }
    for role in town.roles:
        default = max(1, len(sections)) if role in many else 1
        yield SetupQuestion(
            f"staff:{role}", SetupStep.STAFF, f"{role}（同時に当たれる人数）", AnswerKind.NUMBER, (str(default),), (),
            "常勤に換算した人数です。半分の時間だけ当たれる人は0.5と数えます。",
        )  # fmt: skip


def _is_of_each_section(town: Town, role: str) -> bool:
    """Whether a role is that of the 課 of each 事務: it is responsible for work that repeats, and for nothing else."""
    mine = [one for one in town.edition.nodes if one.roles.responsible == role]
    return bool(mine) and all(one.repeat_over for one in mine) and role.endswith("課")


def _systems(town: Town, given: Given) -> Iterator[SetupQuestion]:
    if town.kind is not PlanKind.STANDARDISATION:
        return
    for name, key, label in _subjects(town, given):
        for field, words, kind in (
            ("system", "現行システム", AnswerKind.TEXT), ("vendor", "事業者", AnswerKind.TEXT),
            ("contract", "契約の満了日", AnswerKind.DAY),
        ):  # fmt: skip
            yield SetupQuestion(f"{field}:{name}:{key}", SetupStep.SYSTEMS, f"{label}：{words}", kind)
    yield SetupQuestion(
        "vendor_slots", SetupStep.SYSTEMS, "一つの事業者が同時に進められる事務の数", AnswerKind.NUMBER, ("0",), (),
        "分からなければ0のままにします（制約なし）。",
    )  # fmt: skip


def _problem(question: SetupQuestion, typed: tuple[str, ...]) -> str:
    """What is wrong with an answer, in words; empty if nothing is."""
    known = {one.code for one in question.choices}
    if question.choices and any(one not in known for one in typed if one):
        return "一覧にないものが選ばれています。選び直してください。"
    text = typed[0].strip() if typed else ""
    if question.kind is AnswerKind.NUMBER and not _is_number(text):
        return "0から999までの数を入力してください（例: 1.5）。"
    if question.kind is AnswerKind.DAY and text and _day(text) is None:
        return "日付を2026-04-01のように入力してください。"
    if question.id == "starts_on" and not text:
        return "日付を入力してください。"
    if question.kind is AnswerKind.MONTHS and not any(typed):
        return "一つ以上の月を選んでください。"
    return "200文字以内で入力してください。" if len(text) > LONGEST else ""


def _is_number(text: str) -> bool:
    number = _number(text)
    return number is not None and 0 <= number <= MOST_PERSONS


def _number(text: str) -> float | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        return float(plain) if plain.replace(".", "", 1).isdigit() and plain.isascii() else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", text).strip().replace("/", "-"))
    except ValueError:
        return None


def read(town: Town, given: Given) -> SetupAnswers:
    """What the answers mean; a question that is unanswered or wrong counts by its default."""
    asked = {one.id: (one.default if one.problem else one.value) for one in questions(town, given)}
    first = {name: (values[0].strip() if values else "") for name, values in asked.items()}
    lists = town.lists
    lead = first.get("section:lead", "")
    vendors = _by_concept(lists, first, "vendor")
    return SetupAnswers(
        in_scope={name: tuple(asked[f"scope:{name}"]) for name in lists},
        lead_section=int(lead) if lead else None,
        sections={key: int(value) for key, value in _by_concept(lists, first, "section").items()},
        starts_on=_day(first["starts_on"]) or town.started_on,
        council_months=tuple(sorted(int(one) for one in asked.get("council", ()) if one)),
        staff={role: _number(first[f"staff:{role}"]) or 0.0 for role in town.roles},
        systems=_by_concept(lists, first, "system"), vendors=vendors,
        contract_ends={
            key: day for key, text in _by_concept(lists, first, "contract").items() if (day := _day(text)) is not None
        },
        vendor_slots=_number(first.get("vendor_slots", "0")) or 0.0,
        vendor_names=tuple(sorted(set(vendors.values()))),
    )  # fmt: skip


def _by_concept(
    lists: Mapping[str, tuple[Concept, ...]], first: Mapping[str, str], field: str
) -> dict[tuple[str, str], str]:
    """What was said of each concept, by itself or by its group."""
    found = {}
    for name, concepts in lists.items():
        for concept in concepts:
            said = first.get(f"{field}:{name}:{concept.code}") or first.get(
                f"{field}:{name}:group:{concept.group}"
            )
            if said:
                found[name, concept.code] = said
    return found


def scope_of(town: Town, answers: SetupAnswers) -> tuple[ScopeEntry, ...]:
    """What the plan covers, by the answers."""
    return tuple(
        ScopeEntry(
            name, one.code, one.label, one.code in answers.in_scope.get(name, ()),
            "" if one.code in answers.in_scope.get(name, ()) else "計画を作るときに対象から外した",
            answers.sections.get((name, one.code)), answers.systems.get((name, one.code), ""),
            answers.vendors.get((name, one.code), ""), answers.contract_ends.get((name, one.code)),
        )
        for name, concepts in town.lists.items()
        for one in concepts
    )  # fmt: skip
