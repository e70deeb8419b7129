"""事務・担当課・担当者: the filters that roadmap, list, deadlines and loads share, as they stand in an address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from todoke.programme.plans.values import Item

NONE = "-"  # of no 事務, without 課, without a person
LONGEST = 100
KNOWN = (
    "concept",
    "section",
    "person",
    "state",
    "text",
    "by",
    "open",
    "all",
    "critical",
    "edit",
    "saved",
)  # in any address


@dataclass(frozen=True, slots=True)
class Filters:
    """Which 事務, which 課, whose; empty for all, NONE for those without."""

    concept: str = ""
    section: str = ""
    person: str = ""

    @property
    def pairs(self) -> dict[str, str]:
        """As they stand in the address."""
        pairs = {"concept": self.concept, "section": self.section, "person": self.person}
        return {name: text for name, text in pairs.items() if text}

    @property
    def query(self) -> str:
        """The address of the same choice."""
        return urlencode(self.pairs)

    def fits(self, item: Item) -> bool:
        """Whether an item is among what is asked for."""
        return (
            self.concept in ("", item.concept or NONE)
            and self.section in ("", str(item.section_id or NONE))
            and self.person in ("", str(item.person_id or NONE))
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One select of the form: its name, its words, what can be chosen, what is."""

    name: str
    words: str
    options: Sequence[tuple[str, str]]
    chosen: str


def asked_in(given: QueryDict) -> Mapping[str, str]:
    """What an address asks for, by the names that pages know; what cannot be printed is left out."""
    found = {name: "".join(one for one in given.get(name, "") if one.isprintable()) for name in KNOWN}
    return {name: text[:LONGEST] for name, text in found.items() if text}


def filters_in(given: QueryDict) -> Filters:
    """The filters of an address."""
    asked = asked_in(given)
    return Filters(asked.get("concept", ""), asked.get("section", ""), asked.get("person", ""))


def choices_for(items: Iterable[Item], chosen: Filters) -> tuple[Choice, ...]:
    """What can be chosen among these items: 事務 in their order, 課 and persons by name, those without last."""
    some = list(items)
    concepts = dict.fromkeys((one.concept or NONE, one.concept_label) for one in some if one.concept)
    sections = {(str(one.section_id), one.section) for one in some if one.section_id}
    persons = {(str(one.person_id), one.person) for one in some if one.person_id}
    return (
        Choice("concept", "事務・手続", (*concepts, (NONE, "事務・手続ごとでない取組")), chosen.concept),
        Choice("section", "担当課", (*sorted(sections, key=_by_words), (NONE, "未定")), chosen.section),
        Choice("person", "担当者", (*sorted(persons, key=_by_words), (NONE, "未定")), chosen.person),
    )


def _by_words(option: tuple[str, str]) -> str:
    return option[1]
