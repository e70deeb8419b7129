"""形式審査: a form checked by the rules of its procedure, which are data; needs nothing that a core system holds.

Source: 『共通機能標準仕様書』§2.1（申請管理の形式審査）; DAT-411, NUM-420, CHR-402 and XML-210 as the catalogue has them.
What a finding tells is the rule's own words: never a value of the form.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from todoke.casework.intake.values import (
    ApplicationForm,
    Attachment,
    CheckCondition,
    CheckKind,
    CheckRule,
    Finding,
    FormChecks,
)
from todoke.japanese.classes import holds_any

from .answer_checks import HOLDS, Answers, Asked

JAPAN = timezone(timedelta(hours=9))  # Japan has had no summer time since 1951
EVERY_FIELD = "*"
Places = Sequence[tuple[int, str]]  # position and text of each answer of a field
APPLICANT = {
    "applicant.name": "氏名", "applicant.kana": "フリガナ", "applicant.birth": "生年月日", "applicant.sex": "性別",
    "applicant.postcode": "郵便番号", "applicant.address": "住所", "contact.telephone": "電話番号",
    "contact.mail": "メールアドレス",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Form:
    """A form as the rules ask for it."""

    answers: Answers
    everything: str
    attachments: Sequence[Attachment]
    asked: Asked


def day_in_japan(moment: datetime) -> date:
    """The day on which something happened, as people in Japan count it（T19）."""
    return moment.astimezone(JAPAN).date()


def check_form(
    form: ApplicationForm, attachments: Sequence[Attachment], checks: FormChecks, *, today: date
) -> list[Finding]:
    """What the rules find, in the order of the form; `today` is the day of reception in Japan."""
    answers = _answers(form)
    asked = Asked(answers, today, day_in_japan(form.applied_at))
    seen = _Form(answers, _everything(answers, form), attachments, asked)
    found: list[Finding] = []
    for rule in checks.rules:
        places, kind = answers.get(rule.field), rule.kind
        if places is None or kind is CheckKind.ATTACHMENTS:
            if kind is CheckKind.REQUIRED or kind is CheckKind.ATTACHMENTS or rule.field == EVERY_FIELD:
                found += _found(rule, seen)
        elif rule.when is None or _applies(rule.when, asked):
            found += (
                _required(rule, places) if kind is CheckKind.REQUIRED else _in_places(rule, places, asked)
            )
    return found if len(found) < 2 else _in_order(found, answers)


def _answers(form: ApplicationForm) -> dict[str, list[tuple[int, str]]]:
    """Every answer under each of its names, A票 before B票."""
    person, contact = form.applicant, form.contact
    texts = (
        person.name, person.kana, person.birth, person.sex, person.postcode, person.address, contact.telephone,
        contact.mail,
    )  # fmt: skip
    found = {field: [(1, text)] for field, text in zip(APPLICANT, texts, strict=True)}
    for one in form.items:
        place = (one.position, one.values[0] if len(one.values) == 1 else "".join(one.values))
        code = one.code if one.position == 1 else one.code.rpartition(".")[0]
        for prefix, name in (("item.", one.item), ("item.", code), ("label.", one.label)):
            if name:
                found.setdefault(prefix + name, []).append(place)
    return found


def _everything(answers: Answers, form: ApplicationForm) -> str:
    """All texts once, so that what is nowhere is found out in one go."""
    texts = [answers[field][0][1] for field in APPLICANT]
    for one in form.items:
        texts.extend(one.values)
    return "\n".join(texts)


def _found(rule: CheckRule, seen: _Form) -> Iterable[Finding]:
    """What a rule finds that asks of no single answer, or of one that is absent."""
    if rule.when is not None and not _applies(rule.when, seen.asked):
        return ()
    if rule.kind is CheckKind.ATTACHMENTS:
        return () if _are_enough(rule, seen.attachments) else (_finding(rule, "attachments", rule.label),)
    if rule.field == EVERY_FIELD:
        return _in_any(rule, seen) if holds_any(seen.everything, rule.words) else ()
    return _required(rule, ())


def _required(rule: CheckRule, places: Places) -> Sequence[Finding]:
    is_there = any(text and not text.isspace() for _, text in places)
    return () if is_there else (_finding(rule, rule.field, rule.label),)


def _in_places(rule: CheckRule, places: Places, asked: Asked) -> list[Finding]:
    """What is blank is another rule's matter."""
    holds = HOLDS[rule.kind]
    return [
        _finding(rule, rule.field, _numbered(rule.label, position))
        for position, text in places
        if text and not text.isspace() and not holds(rule, text, asked)
    ]


def _applies(when: CheckCondition, asked: Asked) -> bool:
    text = asked.text(when.field).strip()
    return text in when.words if when.is_filled is None else bool(text) is when.is_filled


def _are_enough(rule: CheckRule, attachments: Sequence[Attachment]) -> bool:
    count = sum(1 for one in attachments if not rule.words or one.kind in rule.words)
    return (rule.least or 0) <= count and (rule.most is None or count <= rule.most)


def _in_any(rule: CheckRule, seen: _Form) -> Iterator[Finding]:
    """Which fields hold such a character. The labels of B票 came with the form: shortened, and made printable."""
    named = [(field, field, label) for field, label in APPLICANT.items()]
    named += [(field, "item", field[6:]) for field in seen.answers if field.startswith("label.")]
    for field, where, label in named:
        if any(holds_any(text, rule.words) for _, text in seen.answers[field]):
            yield _finding(rule, where, _printable(label))


def _printable(label: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in label[:60])


def _numbered(label: str, position: int) -> str:
    return label if position == 1 else f"{label}（{position}人目）"


def _finding(rule: CheckRule, where: str, label: str) -> Finding:
    facts = {
        "where": label, "rule": rule.id, "sentence": rule.sentence.replace("{field}", label),
        "correction": rule.correction.replace("{field}", label),
    }  # fmt: skip
    return Finding(rule.reason, rule.severity, where, facts)


def _in_order(found: Iterable[Finding], answers: Answers) -> list[Finding]:
    """In the order in which the applicant meets the fields; what was not asked comes last."""
    places = {field: number for number, field in enumerate(answers)}
    return sorted(found, key=lambda one: places.get(one.where, len(places)))
