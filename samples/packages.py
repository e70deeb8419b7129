"""One application package: form items of an application, the members, the manifest, the signature, the ZIP."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from xml.sax.saxutils import quoteattr

from . import cms, forms, places, zips
from .attachments import Attachment
from .forms import Form, Item
from .residents import Resident

MANIFEST, SIGNATURE = "manifest.xml", "signature.p7s"
FORM, APPLICATION, FOLDER = "sinsei.xml", "sinsei_info.xml", "Attachment/"
REMARKS = (
    "平日の午前中に連絡してください。",
    "添付の書類を確認してください。",
    "以前に窓口で相談しました。",
    "郵送での受け取りを希望します。",
    "特にありません。",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A named member of a package before it is packed."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that one resident sent; two equal applications give the same bytes."""

    organisation: str
    procedure: str
    applicant: Resident
    serial_text: str
    issuer_key: str
    applied_at: datetime
    seed: str
    head: Resident
    subjects: tuple[Resident, ...] = ()
    agent: Resident | None = None
    insured_number: str = ""
    previous_receipt: str = ""
    destination: str = ""
    signer: cms.SigningKey | None = None
    bare_signature: bool = False
    encoding: str = "UTF-8"
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoiling:
    """How a planted defect departs from a sound package, at each of the steps that make one."""

    application: Callable[[Application], Application] = lambda application: application
    members: Callable[[list[Member]], list[Member]] = lambda members: members
    manifest: Callable[[bytes], bytes] = lambda manifest: manifest
    signed: Callable[[bytes], bytes] = lambda manifest: manifest
    entries: Callable[[list[zips.Entry]], list[zips.Entry]] = lambda entries: entries
    archive: Callable[[bytes], bytes] = lambda archive: archive


SOUND = Spoiling()


def pack(application: Application, spoiling: Spoiling = SOUND) -> bytes:
    """Return the ZIP bytes of an application, sound unless told how to spoil it."""
    application = spoiling.application(application)
    members = spoiling.members(members_of(application))
    manifest = spoiling.manifest(manifest_of(members))
    if manifest:
        members.append(Member(MANIFEST, manifest))
    if application.signer is not None:
        members.append(Member(SIGNATURE, _signature(application, spoiling.signed(manifest))))
    entries = [zips.entry(member.name, member.content) for member in members]
    return spoiling.archive(zips.archive(spoiling.entries(entries)))


def members_of(application: Application) -> list[Member]:
    """Return the members that the manifest lists: the two forms, then the attachments."""
    form = Form(application.procedure, _title(application), form_items(application))
    return [
        Member(FORM, forms.applicant_xml(application.applicant, application.encoding)),
        Member(APPLICATION, forms.application_xml(form, application.encoding)),
        *(Member(FOLDER + attachment.name, attachment.content) for attachment in application.attachments),
    ]


def manifest_of(members: list[Member]) -> bytes:
    """Return the manifest: name, size and SHA-256 of each member, in order."""
    lines = "".join(
        f"<file name={quoteattr(member.name)} size={quoteattr(str(len(member.content)))}"
        f' sha256="{hashlib.sha256(member.content).hexdigest()}"/>\n'
        for member in members
    )
    opening = '<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="urn:todoke:sample:manifest:1">\n'
    return f"{opening}{lines}</manifest>\n".encode()


def form_items(application: Application) -> tuple[Item, ...]:
    """Return the items of 申請情報 for the procedure, standard ones first, free ones last."""
    rng = Random(f"{application.seed}/items")
    items = [
        Item("宛先団体コード", (application.organisation,), "TDK-LG-CODE", required=True),
        Item("申請日時", (application.applied_at.isoformat(),), "TDK-APPLIED-AT", required=True),
        Item("発行番号", (application.serial_text,), "TDK-AUTH-SERIAL", required=True),
        Item("発行者の鍵識別子", (application.issuer_key,), "TDK-AUTH-ISSUER"),
    ]
    if application.previous_receipt:
        items.append(Item("前回の受付番号", (application.previous_receipt,), "TDK-PREVIOUS-RECEIPT"))
    items += _people(application)
    items += _by_procedure(application, rng)
    items.append(Item("連絡事項", (rng.choice(REMARKS),)))
    return tuple(items)


def _people(application: Application) -> list[Item]:
    items: list[Item] = []
    for number, subject in enumerate(application.subjects, start=1):
        suffix = "" if number == 1 else f".{number}"
        items.append(Item("対象者氏名", (subject.name.written,), f"TDK-SUBJECT-NAME{suffix}"))
        items.append(Item("対象者カナ", (subject.name.kana,), f"TDK-SUBJECT-KANA{suffix}"))
        items.append(Item("対象者生年月日", (subject.birth.isoformat(),), f"TDK-SUBJECT-BIRTH{suffix}"))
    if application.insured_number:
        items.append(Item("被保険者番号", (application.insured_number,), "TDK-INSURED-NUMBER", required=True))
    if application.agent is not None:
        items.append(Item("代理人氏名", (application.agent.name.written,), "TDK-AGENT-NAME"))
        items.append(Item("代理人カナ", (application.agent.name.kana,), "TDK-AGENT-KANA"))
        items.append(Item("委任内容", ("申請書の作成及び提出",), "TDK-AGENT-AUTHORITY"))
    return items


def _by_procedure(application: Application, rng: Random) -> list[Item]:
    procedure, applied = application.procedure, application.applied_at.date()
    bank = ("架空銀行", f"{rng.randint(1, 99):02d}支店", f"普通 {rng.randint(0, 9_999_999):07d}")
    head = [
        Item("世帯主氏名", (application.head.name.written,), "TDK-HEAD-NAME"),
        Item("世帯主カナ", (application.head.name.kana,), "TDK-HEAD-KANA"),
    ]
    moving = Item("異動日", ((applied + timedelta(days=rng.randint(3, 14))).isoformat(),), "TDK-MOVE-DATE")
    destination = Item("転入先団体コード", (application.destination,), "TDK-DESTINATION-LG")
    visit = Item(
        "来庁予定日", ((applied + timedelta(days=rng.randint(5, 16))).isoformat(),), "TDK-VISIT-DATE"
    )
    own: dict[str, list[Item]] = {
        "P01": [Item("振込先口座", bank, "TDK-BANK"), *head],
        "P11": [*head, Item("保育を必要とする理由", ("就労",))],
        "P12": [*head, Item("希望施設", ("第一希望 かすみ保育園", "第二希望 しずく保育園"))],
        "P15": [Item("分娩予定日", ((applied + timedelta(days=rng.randint(60, 220))).isoformat(),))],
        "P22": [Item("振込先口座", bank, "TDK-BANK")],
        "P27": [Item("被害の状況", ("屋根の一部が破損した。",)), Item("被害日", ("2026-03-18",))],
        "P30": [Item("登録番号", (f"つむぎ 500 あ {rng.randint(10, 99)}-{rng.randint(10, 99)}",))],
        "P32": [moving, destination, *head],
        "P33": [moving, destination, visit],
    }
    return own.get(procedure, [])


def _title(application: Application) -> str:
    return places.PROCEDURES.get(application.procedure, "未知の手続")


def _signature(application: Application, content: bytes) -> bytes:
    assert application.signer is not None
    return cms.sign_detached(
        content, application.signer, at=application.applied_at, bare=application.bare_signature
    )
