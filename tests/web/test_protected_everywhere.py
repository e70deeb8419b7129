"""C15: no page of the URL table, asked for or sent to, tells whose case it is to somebody without the right."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture import objects
from tests.architecture.endpoints import Endpoint, every_endpoint
from tests.casework.identify.applications import Written, job, receive
from tests.casework.identify.conftest import ACTOR
from tests.casework.identify.conftest import LoadFile as Links
from tests.support import desk
from tests.support.rows import make
from todoke.casework.cases import jobs, services
from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.handover.models import Handover
from todoke.casework.identify import jobs as identify
from todoke.casework.identify.models import PartyRow
from todoke.casework.intake.models import Attachment, EvidenceRecord
from todoke.casework.intake.values import AttachmentState, FormItem, PartyRole, Person, StatedParty
from todoke.casework.protection.values import HIDDEN, ProtectionEntry, ProtectionKind
from todoke.casework.residents import queries as residents_queries
from todoke.casework.residents import services as residents
from todoke.casework.residents.values import LoadKind
from todoke.casework.screening.models import ScreenedContent, Screening
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import scope
from todoke.foundation.models import OutboxMessage

from .conftest import MINASE, Towns

NUMBER = "0000777042"
HER = Person("届野　秘子", "トドケノ　ヒメコ", "1987-06-05", "女性", "000-0777", "隠里県秘境市九丁目八番")
HIS_NUMBER = "0000111099"
HIM = Person("織機　夫男", "オリハタ　オトオ", "1984-03-02", "男性", "000-0001", "つむぎ県みなせ市1番地")
CHILD = StatedParty(PartyRole.SUBJECT, 1, "届野　隠太", "トドケノ　インタ", "2020-01-02")
CANARIES = (
    "届野", "秘子", "隠太", "トドケノ", "ヒメコ", "1987-06-05", "昭和62年6月5日", "隠里県", "秘境市", "000-0777", NUMBER,
    "秘密の答え", "秘密の事情", "秘密の書類", "2020-01-02",
)  # fmt: skip
WITHOUT = [role for role in Role if role is not Role.PROTECTION]
PUBLIC_OR_ENDING = {"sign-in", "sign-in-link", "set-up", "sign-out", "password"}
ENDPOINTS = [one for one in every_endpoint() if one.name not in PUBLIC_OR_ENDING]


@dataclass(frozen=True, slots=True)
class Hers:
    """Her case, a second one that repeats it, and what belongs to them, as arguments of addresses."""

    case: Case
    arguments: Mapping[str, object]

    def of(self, endpoint: Endpoint) -> str:
        """The address of a page about her, or of anything else where it names nothing of hers."""
        with scope(MINASE):
            given = dict(objects.OF[str(endpoint.name)]()) if endpoint.name in objects.OF else {}
        return endpoint.url(
            **(given | {name: self.arguments[name] for name in given if name in self.arguments})
        )


@pytest.fixture
def hers(empty_towns: Towns, tmp_path: Path) -> Hers:
    Links(tmp_path)(f"{'aa' * 20},1001,{NUMBER},atena,2020-01-01,,", organisation=MINASE)
    _load_resident(tmp_path)
    with scope(MINASE):
        entry = ProtectionEntry(NUMBER, ProtectionKind.VIOLENCE, japanese_date(now()))
        services.protect(entry, actor=ACTOR, at=now())
    written = Written(
        applicant=HER, items=(FormItem("事情", ("秘密の答え",), "P1"),), parties=(CHILD,), content=b"the same"
    )
    receive(written)
    receive(
        Written(applicant=HER, serial="7777", items=(FormItem("事情", ("秘密の答え二",), "P1"),)), start=50
    )
    identify.identify_applications(job(MINASE))
    jobs.open_cases(job(MINASE))
    with scope(MINASE):
        return _filled()


def _load_resident(folder: Path) -> None:
    columns = [
        word
        for word in residents_queries.resident_profile("resident-records").columns.model_dump().values()
        if word
    ]
    hers = {
        "number": NUMBER, "name": HER.name, "kana": HER.kana, "birth": HER.birth, "sex": "2", "address": HER.address,
        "household": "H1", "relation": "世帯主", "status": "住民",
    }  # fmt: skip
    his = {
        **hers,
        "number": HIS_NUMBER,
        "name": HIM.name,
        "kana": HIM.kana,
        "birth": HIM.birth,
        "sex": "1",
        "address": HIM.address,
    }
    path = folder / "residents.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, columns, restval="")
        rows.writeheader()
        for one in (hers, his):
            rows.writerow({name: value for name, value in one.items() if name in columns})
    residents.load_residents(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=now())


def _filled() -> Hers:
    """Whatever else a case may hold that could tell whose it is."""
    case, *_ = Case.objects.order_by("pk")
    PartyRow.objects.filter(application=case.application).update(decision_reason="秘密の事情で届野と確かめた")
    event = make(
        CaseEvent, case=case, kind="moved", from_word="opened", to_word="returned", note="届野　秘子様へ"
    )
    facts = json.dumps({"field": "氏名", "characters": "届野秘子"})
    make(Handover, case=case, state="held", hold_code="CHR-401", hold_facts=facts)
    told = {
        "case_id": case.pk, "case_uuid": str(case.uuid), "event_id": event.pk, "channel": "folder",
        "receipt_number": case.receipt_number, "status": "returned", "code": "1", "word": "要訂正",
        "message": "{note}", "message_length": 400,
    }  # fmt: skip
    message = make(OutboxMessage, kind="portal.status", state="to_type", payload=json.dumps(told))
    audit.record(
        "case.moved",
        object_kind="case",
        object_id=str(case.uuid),
        actor=ACTOR,
        at=now(),
        purpose="秘密の事情",
    )
    file = make(
        Attachment, application=case.application, label="届野秘子の秘密の書類.csv", kind="csv", size=10, method=0,
        data_offset=0, compressed_size=10, sha256="ab" * 32, state=AttachmentState.SOUND.value,
    )  # fmt: skip
    content = make(
        ScreenedContent, sha256="ab" * 32, kind="csv", state="sealed", codes="ATT-608", sample=file, size=10
    )
    make(Screening, attachment=file, content=content, state="sealed")
    objects.OF["evidence"]()
    whole = EvidenceRecord.objects.order_by("-pk")[0]
    EvidenceRecord.objects.filter(package=case.application.package).update(document=whole.document)
    party = PartyRow.objects.filter(application=case.application).order_by("pk")[0]
    return Hers(case, {
        "uuid": case.uuid, "party_id": party.pk, "attachment_id": file.pk, "message_id": message.pk, "kind": "case",
        "object_id": str(case.uuid),
    })  # fmt: skip


def person(*roles: Role, name: str) -> Client:
    return desk.browser(MINASE, desk.appoint(MINASE, roles, name=name))


def text_of(response: object) -> str:
    content = getattr(response, "content", None)
    if content is None:  # a download
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # the test client's answers have no type
    return unescape(content.decode(errors="replace"))


def told(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def answers(client: Client, hers: Hers, verb: str) -> Iterator[tuple[str, int, str]]:
    """Every page about her, with lists and searches for her, and the audit of everything that is hers."""
    more = [
        reverse("desk:cases") + f"?text={word}"
        for word in ("届野", "ヒメコ", NUMBER, hers.case.receipt_number)
    ] + [reverse("desk:export-cases"), reverse("desk:export-cases") + "?text=届野"]
    more += [
        reverse("desk:audit-of", args=[kind, str(thing)])
        for kind, thing in (("case", hers.case.uuid), ("party", hers.arguments["party_id"]))
    ]
    for address in [*(hers.of(one) for one in ENDPOINTS), *(more if verb == "GET" else [])]:
        response = client.get(address, follow=True) if verb == "GET" else client.post(address, follow=True)
        yield address, response.status_code, text_of(response)


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_C15_without_the_right_no_page_tells_whose_case_it_is(hers: Hers, verb: str) -> None:
    telling = {
        address: (status, found)
        for address, status, text in answers(person(*WITHOUT, name="curious"), hers, verb)
        if (
            found := [one for one in told(text) if one not in address]
        )  # what was typed is repeated in the field
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    }
    assert telling == {}


def test_C15_what_was_searched_for_is_repeated_but_nothing_else(hers: Hers) -> None:
    client = person(Role.RECEPTION, name="curious")
    page = text_of(client.get(reverse("desk:cases"), {"text": "トドケノ"}))
    assert page.count("トドケノ") <= 3  # in the field and in links of the filters
    assert HIDDEN not in page
    page = text_of(client.get(reverse("desk:cases"), {"text": hers.case.receipt_number}))
    assert HIDDEN in page


def test_C15_with_the_right_the_pages_show_it(hers: Hers) -> None:
    trusted = person(*Role, name="trusted")
    showing = {found for _, _, text in answers(trusted, hers, "GET") for found in told(text)}
    assert showing >= {
        "届野",
        "秘子",
        "隠太",
        "昭和62年6月5日",
        "秘境市",
        NUMBER,
        "秘密の答え",
        "秘密の事情",
        "秘密の書類",
    }


def test_C15_a_clerk_without_the_right_is_told_to_ask_who_has_it(hers: Hers) -> None:
    curious = person(*WITHOUT, name="curious")
    page = text_of(curious.get(reverse("desk:case", args=[hers.case.uuid])))
    assert "支援措置担当の役割を持つ職員に依頼してください" in page
    refused = curious.get(reverse("desk:decide-party", args=[hers.case.uuid, hers.arguments["party_id"]]))
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "PRC-401" in text_of(refused)


@pytest.mark.parametrize("serial", ["2002", "8888"], ids=["identified", "to be decided"])
def test_C15_who_shares_her_household_does_not_see_her_there(hers: Hers, tmp_path: Path, serial: str) -> None:
    Links(tmp_path)(
        f"{'aa' * 20},1001,{NUMBER},atena,2020-01-01,,", f"{'aa' * 20},2002,{HIS_NUMBER},atena,2020-01-01,,",
        organisation=MINASE,
    )  # fmt: skip
    somebody = StatedParty(
        PartyRole.SUBJECT, 1, "別名　某", "ベツメイ　ボウ", HER.birth
    )  # her birth, another name
    receive(Written(applicant=HIM, serial=serial, procedure="P01", parties=(somebody,)), start=90)
    identify.identify_applications(job(MINASE))
    jobs.open_cases(job(MINASE))
    with scope(MINASE):
        case = Case.objects.order_by("-pk")[0]
        parties = list(PartyRow.objects.filter(application=case.application).values_list("pk", flat=True))
    curious, trusted = person(*WITHOUT, name="curious"), person(*Role, name="trusted")
    addresses = [reverse("desk:case", args=[case.uuid])]
    addresses += [reverse("desk:decide-party", args=[case.uuid, one]) for one in parties]
    for address in addresses:
        page = text_of(curious.get(address))
        assert case.receipt_number in page, "the page is open to the clerk"
        assert set(told(page)) <= {"昭和62年6月5日"}, "what he wrote himself, and nothing of hers"
    seen = {found for address in addresses for found in told(text_of(trusted.get(address)))}
    assert ("届野" in seen) is (serial == "2002"), "whoever may, sees the household of an identified person"
