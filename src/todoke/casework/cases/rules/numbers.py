"""Which numbers of a case no screen shows by itself: 個人番号, wherever they stand, and serials of certificates（W21）."""

from collections.abc import Iterable
from dataclasses import replace

from todoke.casework.cases.values import CaseDetail, HeldNumber, TimelineEntry
from todoke.casework.intake.values import FormItem, StoredApplication
from todoke.japanese.hiding import SIGN, hide_answer, hide_numbers, hide_serial, holds_number, names_number

AUTHENTICATION, SIGNATURE = "利用者証明用電子証明書の発行番号", "署名用電子証明書の発行番号"


def held(application: StoredApplication) -> tuple[HeldNumber, ...]:
    """Every such number as it was received, in the order of the form; the certificates' serials last."""
    answers = [
        HeldNumber(item.label or item.code, value)
        for item in application.form.items
        for value in item.values
        if value and (_is_number_item(item) or holds_number(value))
    ]
    serials = (
        HeldNumber(AUTHENTICATION, application.serial),
        HeldNumber(SIGNATURE, application.signature.signer_serial),
    )
    return (*answers, *(one for one in serials if one.value))


def _is_number_item(item: FormItem) -> bool:
    return any(names_number(name) for name in (item.label, item.item, item.code))


def hidden(detail: CaseDetail) -> CaseDetail:
    """The case with every such number replaced by signs."""
    found = held(detail.application)
    return replace(
        detail,
        application=_application(detail.application),
        parties=tuple(
            replace(
                one, stated_number=hide_numbers(one.stated_number), decision_reason=hide_numbers(one.decision_reason)
            )
            for one in detail.parties
        ),
        timeline=hidden_timeline(detail.timeline),
        numbers=tuple(HeldNumber(one.label, _hidden(one)) for one in found),
    )  # fmt: skip


def _hidden(one: HeldNumber) -> str:
    return hide_serial(one.value) if one.label in (AUTHENTICATION, SIGNATURE) else SIGN * 12


def _application(application: StoredApplication) -> StoredApplication:
    serials = frozenset({application.serial_text, application.serial} - {""})
    items = tuple(
        replace(item, values=tuple(_answer(item, one, serials) for one in item.values))
        for item in application.form.items
    )
    return replace(
        application, form=replace(application.form, items=items), serial=hide_serial(application.serial),
        serial_text=hide_serial(application.serial_text),
        signature=replace(application.signature, signer_serial=hide_serial(application.signature.signer_serial)),
    )  # fmt: skip


def _answer(item: FormItem, value: str, serials: frozenset[str]) -> str:
    """One answer as it may be shown: the certificate's serial stands among the answers of most layouts too."""
    if value in serials and not _is_number_item(item):
        return hide_serial(value)
    return hide_answer(f"{item.label} {item.item} {item.code}", value)


def hidden_timeline(entries: Iterable[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    """What happened, without a number that a clerk may have written into a note."""
    return tuple(replace(one, note=hide_numbers(one.note)) for one in entries)
