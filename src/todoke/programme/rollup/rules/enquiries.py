"""The form of an enquiry, answers to it, and how late they are; pure. A form is data, and asks for no personal data."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from todoke.programme.rollup.errors import EnquiryStepUnfit, EnquiryUnfit
from todoke.programme.rollup.values import EnquiryState, Field, FieldKind

MOST_FIELDS, LONGEST_ANSWER = 60, 4000
_CODE = re.compile(r"[a-z0-9_-]{1,40}\Z", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?\Z", re.ASCII)
_FIELDS = frozenset({"code", "label", "kind", "required", "choices"})


def written(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """A form as JSON."""
    return [
        {
            "code": one.code, "label": one.label, "kind": one.kind.value, "required": one.is_required,
            "choices": list(one.choices),
        }
        for one in fields
    ]  # fmt: skip


def read(found: object) -> tuple[Field, ...]:
    """The form of a document; raises EnquiryUnfit."""
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_FIELDS:
        raise EnquiryUnfit(where="質問は1件から60件までです")
    fields = tuple(_field(one) for one in found)
    if len({one.code for one in fields}) != len(fields):
        raise EnquiryUnfit(where="質問の記号が重なっています")
    return fields


def _field(found: object) -> Field:
    if (
        not isinstance(found, dict)
        or found.keys() != _FIELDS
        or found["kind"] not in [one.value for one in FieldKind]
    ):
        raise EnquiryUnfit(where="質問の形が正しくありません")
    code, label, choices = found["code"], found["label"], found["choices"]
    if (
        not isinstance(code, str)
        or not _CODE.match(code)
        or not isinstance(label, str)
        or not 1 <= len(label) <= 200
    ):
        raise EnquiryUnfit(where="質問の文が正しくありません")
    if not isinstance(choices, list) or not all(
        isinstance(one, str) and len(one) <= 100 for one in choices[:51]
    ):
        raise EnquiryUnfit(where="選択肢が正しくありません")
    kind = FieldKind(found["kind"])
    if len(choices) > 50 or (kind is FieldKind.CHOICE) != bool(choices):
        raise EnquiryUnfit(where="選択肢が正しくありません")
    return Field(code, label, kind, found["required"] is True, tuple(choices))


def typed(lines: str) -> tuple[Field, ...]:
    """The form as a person types it: one question a line, `問い｜種類｜選択肢、選択肢`, `*` before it if it must be answered.

    The kind is 文 where none is given. Raises EnquiryUnfit.
    """
    kinds = {one.label: one.value for one in FieldKind}
    found = []
    for number, text in enumerate((one.strip() for one in lines.splitlines() if one.strip()), start=1):
        label, kind, choices = [*(one.strip() for one in text.replace("|", "｜").split("｜")), "", ""][:3]
        if kind and kind not in kinds:
            raise EnquiryUnfit(where=f"{number}行目の種類は、文・数・選択・日付のどれかにしてください")
        found.append(
            {
                "code": f"q{number}", "label": label.lstrip("*＊").strip(), "kind": kinds.get(kind, "text"),
                "required": label[:1] in ("*", "＊"), "choices": [one for one in choices.split("、") if one],
            }
        )  # fmt: skip
    return read(found)


def check_answers(fields: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers by the code of their question, trimmed; raises EnquiryUnfit, which names the question."""
    if not set(answers) <= {one.code for one in fields}:
        raise EnquiryUnfit(where="質問にない回答があります")
    found = {}
    for one in fields:
        value = answers.get(one.code, "")
        if not isinstance(value, str) or len(value) > LONGEST_ANSWER:
            raise EnquiryUnfit(where=f"「{one.label}」の回答が長すぎます")
        found[one.code] = value.strip()
        _check_answer(one, found[one.code])
    return found


def _check_answer(one: Field, value: str) -> None:
    if not value:
        if one.is_required:
            raise EnquiryUnfit(where=f"「{one.label}」が空です")
        return
    if one.kind is FieldKind.NUMBER and not _NUMBER.match(value):
        raise EnquiryUnfit(where=f"「{one.label}」は半角の数で答えてください")
    if one.kind is FieldKind.CHOICE and value not in one.choices:
        raise EnquiryUnfit(where=f"「{one.label}」は選択肢から選んでください")
    if one.kind is FieldKind.DATE and not _is_date(value):
        raise EnquiryUnfit(where=f"「{one.label}」は日付（例 2026-04-01）で答えてください")


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_FROM: Mapping[str, frozenset[EnquiryState]] = {
    "answer": frozenset({EnquiryState.WAITING, EnquiryState.RETURNED}),
    "send_back": frozenset({EnquiryState.ANSWERED, EnquiryState.ACCEPTED}),
    "accept": frozenset({EnquiryState.ANSWERED}),
}


def check_step(act: str, state: EnquiryState, *, is_closed: bool) -> None:
    """Whether this may be done now; raises EnquiryStepUnfit."""
    if is_closed:
        raise EnquiryStepUnfit(state="取りまとめ済み")
    if state not in _FROM[act]:
        raise EnquiryStepUnfit(state=state.label)


def late_days(due_on: date, until: date, is_business_day: Callable[[date], bool]) -> int:
    """How many 執務日 after the due date; 0 when in time."""
    days = (due_on + timedelta(days=one) for one in range(1, max((until - due_on).days, 0) + 1))
    return sum(is_business_day(day) for day in days)
