"""Packages signed by XML signatures: beside the forms, inside one of them, or around both."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from lxml import etree

from . import xmldsig, zips
from .packages import APPLICATION, FORM, Application, Member, members_of
from .xmldsig import ENVELOPED, EXCLUSIVE, Signatory, Style, Target

SIGNATURE = "signature.xml"
APPLICANT_ID, APPLICATION_ID = "shinseisha", "shinsei"
Change = Callable[[list[Member]], list[Member]]


class Placing(StrEnum):
    """Where the signature lies."""

    DETACHED = "detached"
    ENVELOPED = "enveloped"
    ENVELOPING = "enveloping"


def pack(
    application: Application, placing: Placing = Placing.DETACHED, change: Change = lambda members: members
) -> bytes:
    """Return the ZIP of an application that its signer signed as XAdES-BES; `change` comes after the signing."""
    members = change(signed_members(application, placing))
    return zips.archive([zips.entry(each.name, each.content) for each in members])


def signed_members(application: Application, placing: Placing = Placing.DETACHED) -> list[Member]:
    """Return the members with the signature where it belongs."""
    signer = application.signer
    assert signer is not None
    by = Signatory(signer.certificate, signer.key, signer.inside)
    style = Style(signed_at=application.applied_at)
    members = members_of(application)
    if placing is Placing.DETACHED:
        return [*members, Member(SIGNATURE, detached(members, by, style))]
    if placing is Placing.ENVELOPED:
        return enveloped(members, by, style)
    return enveloping(members, by, style)


def detached(members: list[Member], by: Signatory, style: Style) -> bytes:
    """Return a signature that refers to each member by name, byte for byte."""
    return _document(xmldsig.sign([xmldsig.member(each.name, each.content) for each in members], by, style))


def enveloped(members: list[Member], by: Signatory, style: Style) -> list[Member]:
    """Put the signature into 申請情報XML; it covers that form and every other member."""
    form = next(each for each in members if each.name == APPLICATION)
    text = _canonical(form.content)
    others = [xmldsig.member(each.name, each.content) for each in members if each.name != APPLICATION]
    signature = xmldsig.sign([Target("", text, (ENVELOPED, EXCLUSIVE)), *others], by, style)
    head, end = text.decode().rsplit("</", 1)
    signed = Member(APPLICATION, _document(f"{head}{signature}</{end}"))
    return [signed if each.name == APPLICATION else each for each in members]


def enveloping(members: list[Member], by: Signatory, style: Style) -> list[Member]:
    """Put both forms into the signature; the attachments are referred to by name."""
    forms = {each.name: each.content for each in members if each.name in (FORM, APPLICATION)}
    texts = {APPLICANT_ID: _object(forms[FORM], APPLICANT_ID)}
    texts[APPLICATION_ID] = _object(forms[APPLICATION], APPLICATION_ID)
    targets = [Target(f"#{name}", text.encode(), (EXCLUSIVE,)) for name, text in texts.items()]
    others = [each for each in members if each.name not in forms]
    targets += [xmldsig.member(each.name, each.content) for each in others]
    style = replace(style, objects="".join(texts.values()))
    return [Member(SIGNATURE, _document(xmldsig.sign(targets, by, style))), *others]


def _object(content: bytes, identifier: str) -> str:
    """Return an Object around a form, in its canonical form: the form's own elements have no namespace."""
    name, rest = _canonical(content).decode()[1:].split(" ", 1)
    return f'<Object xmlns="{xmldsig.DS}" Id="{identifier}"><{name} xmlns="" {rest}</Object>'


def _canonical(content: bytes) -> bytes:
    return etree.tostring(etree.fromstring(content), method="c14n", exclusive=True)


def _document(markup: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{markup}\n'.encode()
