"""The two XML members of a package: 申請者情報XML and 申請情報XML, in the publicly known structure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from .residents import Resident

ERAS = (
    (date(2019, 5, 1), "令和", 2018),
    (date(1989, 1, 8), "平成", 1988),
    (date(1926, 12, 25), "昭和", 1925),
)
PYTHON_CODEC = {"UTF-8": "utf-8", "Windows-31J": "cp932"}


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the form; `std_code` names the standard item behind it, several values are fragments."""

    label: str
    values: tuple[str, ...]
    std_code: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A filled 申請情報: the form's id is the procedure code."""

    form_id: str
    subject: str
    items: tuple[Item, ...]


def applicant_xml(applicant: Resident, encoding: str) -> bytes:
    """Return 申請者情報XML (`sinsei.xml`) for a person, in the encoding that its declaration names."""
    items = "".join(_applicant_item(*item) for item in _applicant_items(applicant))
    body = f'<Data form-subject="申請者情報入力">\n<FormItems>\n{items}</FormItems>\n</Data>\n'
    return _document(body, encoding)


def application_xml(form: Form, encoding: str) -> bytes:
    """Return 申請情報XML (`sinsei_info.xml`) for a filled form."""
    items = "".join(_form_item(number, item) for number, item in enumerate(form.items, start=1))
    opening = f"<FocusFormSpecification form-subject={quoteattr(form.subject)} id={quoteattr(form.form_id)}>"
    return _document(f"{opening}\n<FormItems>\n{items}</FormItems>\n</FocusFormSpecification>\n", encoding)


def _document(body: str, encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(PYTHON_CODEC[encoding])


def _applicant_items(person: Resident) -> Iterable[tuple[str, str, bool, tuple[tuple[str, str, str], ...]]]:
    """Yield (item id, heading, required, fragments of (id, type, value)) in the published order."""
    prefecture, city, street = _address_parts(person)
    mobile = ("090", "0000", f"{person.person % 10_000:04d}")
    mail = f"sample{person.number}@example.jp"
    birth = (
        ("year1", "select", _era_year(person.birth)),
        ("year2", "select", str(person.birth.year)),
        ("month", "select", str(person.birth.month)),
        ("day", "select", str(person.birth.day)),
    )
    yield "Sub_nameKanji", "氏名", True, (("nameKanji", "text", person.name.written),)
    yield "Sub_nameKana", "氏名カナ", True, (("nameKana", "text", person.name.kana),)
    yield "Sub_BirthDay", "生年月日", True, birth
    yield "Sub_female", "性別", True, (("gender", "radio", "女性" if person.female else "男性"),)
    yield "Sub_postCode", "郵便番号", True, (("postCode", "text", f"000-{person.household % 10_000:04d}"),)
    yield (
        "Sub_Address",
        "住所",
        True,
        (
            ("addressPref", "select", prefecture),
            ("addressCity", "text", city),
            ("addressNum", "text", street),
        ),
    )
    yield (
        "Sub_RenrakuTele",
        "連絡先電話番号",
        False,
        tuple((f"RenrakuTele{number}", "tel", part) for number, part in enumerate(mobile, start=1)),
    )
    yield (
        "Sub_mailaddress",
        "メールアドレス",
        False,
        (("mailaddress", "text", mail), ("mailaddressConf", "text", mail)),
    )


def _address_parts(person: Resident) -> tuple[str, str, str]:
    prefecture, _, rest = person.address.partition("県")
    cut = min(rest.index(suffix) for suffix in "市町村" if suffix in rest) + 1
    return f"{prefecture}県", rest[:cut], rest[cut:]


def _era_year(birth: date) -> str:
    era, offset = next(((name, before) for start, name, before in ERAS if birth >= start), ("大正", 1911))
    year = birth.year - offset
    return f"{era}{'元' if year == 1 else year}年"


def _applicant_item(
    item_id: str, heading: str, required: bool, fragments: tuple[tuple[str, str, str], ...]
) -> str:
    need = "yes" if required else "no"
    inner = "".join(
        f'<Fragment id="{fragment_id}" placeholder="" required="{need}" type="{kind}">'
        f"<Label>{heading}</Label><value>{escape(value)}</value></Fragment>\n"
        for fragment_id, kind, value in fragments
    )
    return (
        f'<FormItem id="{item_id}" required="{need}">\n<Subject>{heading}</Subject>\n'
        f"<Fragments>\n{inner}</Fragments>\n</FormItem>\n"
    )


def _form_item(number: int, item: Item) -> str:
    need = "yes" if item.required else "no"
    std_code = f" std-code={quoteattr(item.std_code)}" if item.std_code else ""
    label = escape(item.label)
    inner = "".join(
        f'<Fragment id="q{number}_{part}" placeholder="" required="{need}" type="text" unit-label="">'
        f'<Label display-label="{label}" system-label="q{number}"/><Comment><![CDATA[]]></Comment>'
        f"<value>{escape(value)}</value></Fragment>\n"
        for part, value in enumerate(item.values, start=1)
    )
    return (
        f'<FormItem category="general" id="q{number}" required="{need}"{std_code}>\n'
        f'<Subject display-subject="{label}" system-subject="q{number}"/>\n<Description/>\n'
        f"<Fragments>\n{inner}</Fragments>\n</FormItem>\n"
    )
