"""A票/B票 as one JSON document, in the words of GIF DS-451-1 申請・届出（個人申請）, and back."""

import json
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from todoke.casework.intake.values import (
    ApplicationForm,
    Contact,
    FormItem,
    PartyRole,
    Person,
    StatedParty,
)
from todoke.japanese import numbers
from todoke.proof.certificates import BasicFour

Document = dict[str, Any]  # JSON that this module wrote
_CERTIFIED = "署名用電子証明書"


def document_of(form: ApplicationForm, certified: BasicFour | None = None) -> str:
    """The JSON text that is stored. 申請日 is the day in the offset that the applicant's portal wrote.

    基本4情報 of the signer's certificate stand beside what the application says, never instead of it.
    """
    agents = [party for party in form.parties if party.role is PartyRole.AGENT]
    document: Document = {
        "A票": {
            "宛先": {"団体コード": form.recipient},
            "申請日": form.applied_at.date().isoformat(),
            "申請日時": form.applied_at.isoformat(),
            "連絡先": {"電話番号": form.contact.telephone, "メールアドレス": form.contact.mail},
            "申請者": _person(form.applicant),
            "委任内容": agents[0].authority if agents else "",
        },
        "B票": {
            "名称": form.title,
            "内容": [
                {"項目名": one.label, "値": list(one.values), "標準項目": one.code, "項目": one.item, "順": one.position}
                for one in form.items
            ],
            "更新年月日": form.applied_at.date().isoformat(),
        },
        "関係者": [
            {
                "立場": party.role.value, "順": party.position, "氏名": party.name, "氏名カナ": party.kana,
                "生年月日": party.birth, "番号": party.number, "委任内容": party.authority,
            }
            for party in form.parties
        ],
        "照合用": _copies(form),
    }  # fmt: skip
    if certified is not None:
        document[_CERTIFIED] = {
            "氏名": certified.name, "性別": certified.sex, "生年月日": certified.birth, "住所": certified.address,
            "氏名の代替文字": sorted(certified.name_marks), "住所の代替文字": sorted(certified.address_marks),
        }  # fmt: skip
    return to_json(document).decode()


def _person(person: Person) -> Document:
    return {
        "氏名": person.name, "氏名カナ": person.kana, "生年月日": person.birth, "性別": person.sex,
        "郵便番号": person.postcode, "住所": person.address,
    }  # fmt: skip


def _copies(form: ApplicationForm) -> Document:
    """Copies in one form for comparing, beside what was written and never instead of it（T23）; empty for what is none."""
    return {
        "郵便番号": numbers.postal_code(form.applicant.postcode) or "",
        "電話番号": numbers.telephone(form.contact.telephone) or "",
    }


def read(text: str) -> tuple[ApplicationForm, BasicFour | None]:
    """The form that a stored document holds, and 基本4情報 of the certificate that signed it, where one did."""
    document: Document = json.loads(text)
    said = document.get(_CERTIFIED)
    if said is None:
        return _form(document), None
    certified = BasicFour(
        said["氏名"], said["性別"], said["生年月日"], said["住所"], frozenset(said["氏名の代替文字"]),
        frozenset(said["住所の代替文字"]),
    )  # fmt: skip
    return _form(document), certified


def form_of(text: str) -> ApplicationForm:
    """The form that a stored document holds."""
    return _form(json.loads(text))


def _form(document: Document) -> ApplicationForm:
    base, content = document["A票"], document["B票"]
    person, contact = base["申請者"], base["連絡先"]
    return ApplicationForm(
        recipient=base["宛先"]["団体コード"],
        applied_at=datetime.fromisoformat(base["申請日時"]),
        applicant=Person(
            person["氏名"], person["氏名カナ"], person["生年月日"], person["性別"], person["郵便番号"], person["住所"]
        ),
        contact=Contact(contact["電話番号"], contact["メールアドレス"]),
        title=content["名称"],
        items=tuple(
            FormItem(one["項目名"], tuple(one["値"]), one["標準項目"], one["項目"], one["順"]) for one in content["内容"]
        ),
        parties=tuple(
            StatedParty(
                PartyRole(one["立場"]), one["順"], one["氏名"], one["氏名カナ"], one["生年月日"], one["番号"],
                one["委任内容"],
            )
            for one in document["関係者"]
        ),
    )  # fmt: skip
