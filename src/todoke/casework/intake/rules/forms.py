"""From the two form members to A票/B票: mapped by standard item code and item id, never by labels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from todoke.casework.intake.values import (
    ApplicationForm,
    Contact,
    Finding,
    FormItem,
    FormLayout,
    LayoutProfile,
    PartyRole,
    Person,
    Severity,
    StatedParty,
)
from todoke.japanese import eras
from todoke.japanese.errors import DateRefused
from todoke.proof import serials, xml
from todoke.proof.references import DS

from .refusals import Refusal

Fields = Mapping[str, Mapping[str, str]]  # FormItem id → Fragment id → value
_Parts = tuple[etree._Element | None, list[etree._Element]]  # Subject, Fragments
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_OBJECT = f"{{{DS}}}Object"
DATES = frozenset({"subject_birth", "visit_date", "move_date"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from the forms before anything is judged; `form` waits for `applied_at`."""

    procedure: str
    form: ApplicationForm
    serial_text: str
    serial: str
    issuer_key: str
    previous_receipt: str
    findings: tuple[Finding, ...]


def read_forms(applicant: bytes, application: bytes, profile: LayoutProfile) -> Reading:
    """Read both forms. Raises XmlRefused, and Refusal XML-210 (structure) or XML-211 (namespace)."""
    fields = _applicant_fields(_root(applicant, profile.applicant, profile), profile.applicant)
    root = _root(application, profile.application, profile)
    items = tuple(_items(root, profile))
    return _reading(root, items, _Applicant(fields, profile), profile)


def _root(content: bytes, layout: FormLayout, profile: LayoutProfile) -> etree._Element:
    root = xml.parse(content, encodings=profile.encodings, limits=profile.xml_limits)
    if layout.object and root.tag == _OBJECT:
        root = _only_child(root, layout)
    name = etree.QName(root)
    if name.localname != layout.root:
        raise Refusal("XML-210", where=layout.member)
    if name.namespace:
        raise Refusal("XML-211", where=layout.member, version=name.namespace[:100])
    return root


def _only_child(root: etree._Element, layout: FormLayout) -> etree._Element:
    """The form inside an Object of an enveloping signature, which must hold nothing else."""
    if len(root) != 1:
        raise Refusal("XML-210", where=layout.member)
    return root[0]


def _form_items(root: etree._Element, member: str) -> Iterator[tuple[etree._Element, str, _Parts]]:
    """Each FormItem once, with its id and its parts."""
    seen: set[str] = set()
    for container in root:
        for item in container if container.tag == "FormItems" else ():
            if item.tag != "FormItem":
                continue
            name = item.get("id", "")
            if name in seen:
                raise Refusal("XML-210", where=f"{member}: {name[:60]}")
            seen.add(name)
            yield item, name, _parts(item)
    if not seen:
        raise Refusal("XML-210", where=member)


def _parts(item: etree._Element) -> _Parts:
    """The first Subject, and the Fragments. Children are met one by one: asking for each name costs twice as much."""
    subject: etree._Element | None = None
    fragments: list[etree._Element] = []
    for child in item:
        tag = child.tag
        if tag == "Fragments":
            fragments += [one for one in child if one.tag == "Fragment"]
        elif tag == "Subject" and subject is None:
            subject = child
    return subject, fragments


def _value(fragment: etree._Element, member: str) -> str:
    """The text of the only `value` of a fragment; one with elements inside, or two of them, fits no layout."""
    found: str | None = None
    for value in fragment:
        if value.tag != "value":
            continue
        if found is not None or len(value):
            raise Refusal("XML-210", where=f"{member}: {fragment.get('id', '')[:60]}")
        found = value.text or ""
    return found or ""


def _applicant_fields(root: etree._Element, layout: FormLayout) -> Fields:
    return {
        name: {one.get("id", ""): _value(one, layout.member) for one in fragments}
        for _, name, (_, fragments) in _form_items(root, layout.member)
    }


def _items(root: etree._Element, profile: LayoutProfile) -> Iterator[FormItem]:
    """B票 内容: every answer; a standard item may stand once, a repeated one as `code.2`, `code.3` …"""
    member, ours = profile.application.member, {code: name for name, code in profile.items.items()}
    seen: set[str] = set()
    for item, _, (subject, fragments) in _form_items(root, member):
        code = item.get("std-code", "")
        if code and code in seen:
            raise Refusal("XML-210", where=f"{member}: {code[:80]}")
        seen.add(code)
        label = "" if subject is None else subject.get("display-subject") or subject.text or ""
        values = tuple([_value(fragment, member) for fragment in fragments])
        name = ours.get(code)
        if name is not None and "." not in code:
            yield FormItem(label, values, code, name, 1)
            continue
        base, _, number = code.partition(".")
        position = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1
        yield FormItem(label, values, code, ours.get(base if number else code, ""), position)


class _Applicant:
    """The fields of 申請者情報 by our names."""

    def __init__(self, fields: Fields, profile: LayoutProfile) -> None:
        self._fields = fields
        self._places = profile.applicant_fields

    def text(self, name: str) -> str:
        place = self._places.get(name)
        if place is None:
            return ""
        parts = self._fields.get(place.item, {})
        found = [parts.get(fragment, "") for fragment in place.fragments]
        return place.join.join(found) if any(found) else ""


def _reading(
    root: etree._Element, items: tuple[FormItem, ...], applicant: _Applicant, profile: LayoutProfile
) -> Reading:
    answers = {(one.item, one.position): "".join(one.values).strip() for one in items if one.item}
    for name in profile.required_items:
        if not answers.get((name, 1)):
            raise Refusal("XML-210", where=f"{profile.application.member}: {profile.items.get(name, name)}")
    birth, is_date = _date_of(applicant.text("birth"))
    findings = [] if is_date else [Finding("DAT-411", Severity.WARN, "birth", {"where": "生年月日"})]
    findings += _wrong_dates(items)
    person = Person(
        name=applicant.text("name"), kana=applicant.text("kana"), birth=birth, sex=applicant.text("sex"),
        postcode=applicant.text("postcode"), address=applicant.text("address"),
    )  # fmt: skip
    serial_text = answers.get(("auth_serial", 1), "")
    form = ApplicationForm(
        recipient=answers.get(("recipient", 1), ""),
        applied_at=_moment(answers[("applied_at", 1)], profile),
        applicant=person,
        contact=Contact(applicant.text("telephone"), applicant.text("mail")),
        title=root.get(profile.title_attribute, "")[:200],
        items=items,
        parties=tuple(_parties(person, answers)),
    )
    return Reading(
        procedure=root.get(profile.procedure_attribute, "")[:20],
        form=form,
        serial_text=serial_text[:100],
        serial=serials.normalise(serial_text, form=profile.serial_form) or "",
        issuer_key=answers.get(("auth_issuer", 1), "").lower()[:128],
        previous_receipt=answers.get(("previous_receipt", 1), "")[:40],
        findings=tuple(findings),
    )


def _moment(text: str, profile: LayoutProfile) -> datetime:
    """The 申請日時: XML-210 for what is no moment with an offset, DAT-411 for one that never was（T17: 24:00, 23:59:60）."""
    where = f"{profile.application.member}: {profile.items['applied_at']}"
    if not _MOMENT.fullmatch(text):
        raise Refusal("XML-210", where=where)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or text[11:13] == "24":  # later Pythons take 24:00 for the next day
        raise Refusal("DAT-411", where=where)
    if not 1900 < moment.year < 9999:
        raise Refusal("XML-210", where=where)
    return moment


def _date_of(text: str) -> tuple[str, bool]:
    """A date, in 和暦 too（T16）, as YYYY-MM-DD and True; else the text as it is and whether it is empty（不詳 is not wrong）."""
    try:
        return eras.read_date(text).isoformat(), True
    except DateRefused:
        return text, not text.strip("-")


def _wrong_dates(items: tuple[FormItem, ...]) -> list[Finding]:
    return [
        Finding("DAT-411", Severity.WARN, one.code, {"where": one.label[:60]})
        for one in items
        if one.item in DATES and not _date_of("".join(one.values))[1]
    ]


def _parties(applicant: Person, answers: Mapping[tuple[str, int], str]) -> Iterator[StatedParty]:
    """The people by role: each is identified on its own, because the core needs the child, not only the parent."""
    yield StatedParty(PartyRole.APPLICANT, 1, applicant.name, applicant.kana, applicant.birth)
    subjects = []
    for position in sorted({place for item, place in answers if item in {"subject_name", "subject_kana"}}):
        name, kana = answers.get(("subject_name", position), ""), answers.get(("subject_kana", position), "")
        if name or kana:
            birth = _date_of(answers.get(("subject_birth", position), ""))[0]
            subjects.append(StatedParty(PartyRole.SUBJECT, position, name, kana, birth))
    yield from subjects
    if answers.get(("agent_name", 1)):
        yield StatedParty(
            PartyRole.AGENT, 1, answers[("agent_name", 1)], answers.get(("agent_kana", 1), ""),
            authority=answers.get(("agent_authority", 1), ""),
        )  # fmt: skip
    if answers.get(("head_name", 1)):
        yield StatedParty(PartyRole.HEAD, 1, answers[("head_name", 1)], answers.get(("head_kana", 1), ""))
    if answers.get(("corporate_name", 1)) or answers.get(("corporate_number", 1)):
        yield StatedParty(
            PartyRole.CORPORATION, 1, answers.get(("corporate_name", 1), ""),
            number=answers.get(("corporate_number", 1), "")[:40],
        )  # fmt: skip
    if answers.get(("insured_number", 1)):
        about = subjects[0] if subjects else applicant
        yield StatedParty(
            PartyRole.INSURED,
            1,
            about.name,
            about.kana,
            about.birth,
            number=answers[("insured_number", 1)][:40],
        )
