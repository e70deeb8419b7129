"""Group T, and the forms of group X: what people and programs write into fields, as whole packages.

Every text goes into a package that is sound apart from it. Accepted means: as it came, beside it what was noticed.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

from samples.packages import APPLICATION, FORM, Member, Spoiling
from tests.casework.intake.packages import package
from tests.hostile.whole import ACCEPTED, QUARANTINED, UNSIGNED, Whole

NOT_DATES = ("令和0年1月1日", "令和元年4月30日", "昭和64年1月8日", "明治5年12月3日")
NO_SUCH_DAYS = (
    "2023-02-29",
    "2100-02-29",
    "2026-04-31",
    "2026-13-01",
    "平成31年2月29日",
    "２０２３年２月２９日",
)
INVISIBLE = ("\u2028", "\ufeff", "\u200b", "\u00ad", "\u202e")
WRONG_NUMBERS = ("123456789012", "12345678901", "1234567890123", "000000000000", "１２３４５６７８９０１２")
RIGHT_NUMBER = "123456789018"  # invented; its last digit is the check digit of the others
PROBES = (
    "a" * 26 + "!",
    "1" * 26 + "x",
    "あ" * 26 + "!",
    "ア" * 26 + "\u3099",
    "-" * 26 + "9",
    " " * 26 + "x",
    "年" * 27,
)


def changed(member: str, change: Callable[[str], str], procedure: str = UNSIGNED) -> bytes:
    """A package one of whose forms is changed; the manifest agrees."""

    def swap(members: list[Member]) -> list[Member]:
        return [
            replace(one, content=change(one.content.decode()).encode()) if one.name == member else one
            for one in members
        ]

    return package(procedure, spoiling=Spoiling(members=swap))


def with_applicant(fragment: str, text: str, procedure: str = UNSIGNED) -> bytes:
    """A package whose 申請者情報 holds this text in the fragment of this id."""
    value = re.compile(rf'(<Fragment id="{fragment}".*?<value>).*?(</value>)', re.DOTALL)
    put_in = f"\\g<1>{_literal(escape(text))}\\g<2>"
    return changed(FORM, lambda form: value.subn(put_in, form, count=1)[0], procedure)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\")


def with_item(label: str, text: str, code: str = "", procedure: str = UNSIGNED) -> bytes:
    """A package whose 申請情報 has one item more."""
    std_code = f" std-code={quoteattr(code)}" if code else ""
    item = (
        f'<FormItem category="general" id="q90" required="no"{std_code}>'
        f'<Subject display-subject={quoteattr(label)} system-subject="q90"/><Fragments>'
        f'<Fragment id="q90_1" type="text"><value>{escape(text)}</value></Fragment></Fragments></FormItem>'
    )
    return changed(APPLICATION, lambda form: form.replace("</FormItems>", item + "</FormItems>"), procedure)


def with_name(text: str) -> Callable[[], bytes]:
    """A package from somebody of this name."""
    return lambda: with_applicant("nameKanji", text)


def with_subject(birth: str) -> Callable[[], bytes]:
    """A package about somebody with this 生年月日."""
    return lambda: with_item("対象者生年月日", birth, "TDK-SUBJECT-BIRTH")


def with_applied_at(moment: str) -> Callable[[], bytes]:
    """A package that says it was sent at this time."""
    return lambda: changed(
        APPLICATION, lambda form: re.sub(r"2026-04-01T10:00:00\+09:00", moment, form, count=1)
    )


def _name(number: str, condition: str, text: str, found: str = "") -> tuple[Whole, str]:
    return Whole(number, condition, with_name(text), ACCEPTED, found=found), text


NAMES: tuple[tuple[Whole, str], ...] = (
    _name("T01", "extensions of cp932", "髙﨑　①㈱"),
    _name("T02", "beyond the plane", "𠮷田　太郎"),
    _name("T02", "a picture sign and signs of other scripts", "🍣€éヷ"),
    _name("T03", "an ideographic variation", "葛\U000e0100城　花"),
    _name("T04", "a private character", "\ue000田　太郎", "CHR-402"),
    _name("T04", "the last private character", "山\uf8ff　太郎", "CHR-402"),
    _name("T04", "a private character of a higher plane", "山\U000f0000　太郎", "CHR-402"),
    _name("T05", "kana in two parts", "か\u3099き\u3099　花"),
    _name("T06", "a compatibility ideograph", "\ufa19山　花"),
    _name("T08", "the wave and the minus of Windows", "山～－∥―　太郎"),
    _name("T08", "the wave and the minus of JIS", "山〜−‖—　太郎"),
    *(_name("T09", f"invisible U+{ord(one):04X}", f"山{one}田　太郎", "CHR-403") for one in INVISIBLE),
    _name("T11", "only blanks", "   ", "FRM-101"),
    _name("T11", "only full-width blanks", "\u3000\u3000", "FRM-101"),
    _name("T11", "only a hyphen", "-", "FRM-113"),
    _name("T12", "rare kana", "ヴㇰ　ㇰ"),
    _name("T12", "an old kana", "\U0001b002　花", "FRM-114"),
    _name("T12", "the sign of an era", "\u32ff太郎", "FRM-114"),
    _name("T13", "a Latin name with a middle dot", "ジョン・スミス"),
    _name("T13", "an apostrophe", 'O\'Neil <b>&amp;</b> "x"; DROP TABLE--'),
    _name("T13", "a Turkish capital", "İstanbul ıİ ß"),
    _name("X25", "a formula", "=cmd|' /C calc'!A0"),
    _name("X25", "a full-width formula", "＝1＋1"),
    _name("X25", "a sign first", "+81@SUM(1)"),
)
"""Names that are accepted as they came, each with its text and with what must be noticed in it."""

DATES = (
    *(Whole("T15", f"{text}", with_subject(text), QUARANTINED, "DAT-411") for text in NOT_DATES),
    Whole("T16", "the last day of Heisei", with_subject("平成31年4月30日"), ACCEPTED),
    Whole("T16", "the first day of Reiwa", with_subject("令和元年5月1日"), ACCEPTED),
    *(Whole("T17", f"{text}", with_subject(text), QUARANTINED, "DAT-411") for text in NO_SUCH_DAYS),
    Whole("T18", "born on the leap day", with_subject("2024-02-29"), ACCEPTED),
    Whole("T19", "an offset of 14 hours", with_applied_at("2026-04-02T00:00:00+14:00"), ACCEPTED),
    Whole("T19", "midnight in UTC", with_applied_at("2026-04-01T00:59:59Z"), ACCEPTED),
    Whole("T17", "24 o'clock", with_applied_at("2026-04-01T24:00:00+09:00"), QUARANTINED, "DAT-411"),
    Whole("T17", "a leap second", with_applied_at("2026-04-01T23:59:60+09:00"), QUARANTINED, "DAT-411"),
    Whole("T17", "a day of the applicant", lambda: with_applicant("day", "99"), QUARANTINED, "DAT-411"),
    Whole("T20", "two digits for a year", with_subject("99/01/01"), ACCEPTED, found="FRM-104"),
    Whole("T20", "a birth in the future", with_subject("2099-01-01"), QUARANTINED, "FRM-107"),
    Whole("T20", "a birth in 1890", with_subject("1890-01-01"), ACCEPTED, found="FRM-107"),
)  # fmt: skip
NUMBERS = (
    *(
        Whole("T22", f"number {at}", lambda text=text: with_item("個人番号", text), QUARANTINED, "NUM-420")  # type: ignore[misc]  # bound now
        for at, text in enumerate(WRONG_NUMBERS)
    ),
    Whole("T22", "a right one", lambda: with_item("個人番号", RIGHT_NUMBER), ACCEPTED),
    Whole("T23", "full-width postcode", lambda: with_applicant("postCode", "〒１２３ー４５６７"), ACCEPTED),
    Whole("T23", "no postcode", lambda: with_applicant("postCode", "12-34567"), ACCEPTED, found="FRM-104"),
    Whole("T23", "international telephone", lambda: with_applicant("RenrakuTele1", "+81 90"), ACCEPTED),
    Whole("T24", "minus zero", lambda: with_item("月額", "-0"), ACCEPTED, found="FRM-106"),
    Whole("T24", "a sum", lambda: with_item("月額", "0.1+0.2"), ACCEPTED, found="FRM-106"),
    Whole("T24", "ten to the twentieth", lambda: with_item("月額", "1" + "0" * 20), ACCEPTED, found="FRM-106"),
    Whole("T24", "an exponent", lambda: with_item("月額", "1e2"), ACCEPTED, found="FRM-106"),
    Whole("T24", "an amount", lambda: with_item("月額", "１０,０００円"), ACCEPTED),
)  # fmt: skip


def _everywhere(probe: str) -> bytes:
    """A package with the probe in every field of text."""
    value = re.compile(r'(<Fragment [^>]*type="(?:text|tel)"[^>]*>.*?<value>)[^<]*(</value>)', re.DOTALL)
    return changed(FORM, lambda form: value.sub(f"\\g<1>{_literal(probe)}\\g<2>", form))


PROBED = tuple(
    Whole("T25", f"probe {at}", lambda probe=probe: _everywhere(probe), ACCEPTED)  # type: ignore[misc]  # bound now
    for at, probe in enumerate(PROBES)
)
FORMS = (
    Whole("T11", "a thousand characters", with_name("田" * 1_000), QUARANTINED, "XML-210"),
    Whole("X11", "an element in a value", lambda: changed(
        APPLICATION, lambda form: form.replace("<value>", "<value><b/>", 1)), QUARANTINED, "XML-210"),
    Whole("X11", "a number twice", lambda: changed(
        APPLICATION, lambda form: form.replace('id="q2"', 'id="q1"', 1)), QUARANTINED, "XML-210"),
    Whole("X12", "a namespace of another year", lambda: changed(
        FORM, lambda form: form.replace("<Data ", '<Data xmlns="urn:form:2019" ', 1)), QUARANTINED, "XML-211"),
    Whole("X13", "a procedure from the future", lambda: changed(
        APPLICATION, lambda form: form.replace('id="P02"', 'id="P98"', 1)), QUARANTINED, "XML-212"),
)  # fmt: skip

ROWS: tuple[Whole, ...] = (*(row for row, _ in NAMES), *DATES, *NUMBERS, *PROBED, *FORMS)
