"""Packages signed by XML signatures: accepted in every placing, and refused whenever anything signed is another."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from samples import certificates, cms, pki, xml_packages
from samples.cards import Issued
from samples.packages import APPLICATION, FORM, MANIFEST, Member, manifest_of
from samples.xml_packages import APPLICANT_ID, APPLICATION_ID, SIGNATURE, Placing
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import APPLIED, application, circumstances, jpeg, pdf, person, signer
from tests.casework.intake.packages import profile as cms_layout
from todoke.casework.intake import queries, services
from todoke.casework.intake.errors import LayoutInvalid
from todoke.casework.intake.models import Application as ApplicationRow
from todoke.casework.intake.values import (
    FormLayout,
    LayoutProfile,
    SignatureFormat,
    SignatureLayout,
    SignatureState,
    Trust,
    Verdict,
)
from todoke.casework.relay.models import Channel
from todoke.casework.relay.values import PackageState
from todoke.foundation.fence import scope

Change = Callable[[list[Member]], list[Member]]
PLACINGS = list(Placing)


def layout(placing: Placing) -> LayoutProfile:
    """The shipped layout, with the signature where a package of this kind has it."""
    shipped = queries.load_profile("xml-signed-sample")
    if placing is Placing.ENVELOPED:
        signature = SignatureLayout(APPLICATION, APPLICATION, format=SignatureFormat.XML_ENVELOPED)
        return replace(shipped, signature=signature)
    if placing is Placing.ENVELOPING:
        return replace(
            shipped,
            signature=SignatureLayout(SIGNATURE, SIGNATURE, format=SignatureFormat.XML_ENVELOPING),
            applicant=FormLayout(SIGNATURE, "Data", APPLICANT_ID),
            application=FormLayout(SIGNATURE, "FocusFormSpecification", APPLICATION_ID),
        )
    return shipped


def package(placing: Placing, change: Change = lambda members: members, **changes: object) -> bytes:
    wanted = replace(application(), attachments=(pdf(), jpeg()), **changes)  # type: ignore[arg-type]  # by name
    return xml_packages.pack(wanted, placing, change)


def check(data: bytes, trust: Trust, profile: LayoutProfile) -> Verdict:
    return services.check_package(data, profile=profile, trust=trust, circumstances=circumstances())


def changed(name: str, old: str, new: str) -> Change:
    """Change one member after the signing."""

    def change(members: list[Member]) -> list[Member]:
        found = [
            replace(m, content=m.content.replace(old.encode(), new.encode(), 1)) if m.name == name else m
            for m in members
        ]
        assert found != members
        return found

    return change


@pytest.mark.parametrize("placing", PLACINGS)
def test_a_package_with_an_xml_signature_is_accepted_and_read(trust: Trust, placing: Placing) -> None:
    verdict = check(package(placing), trust, layout(placing))
    assert (verdict.state, verdict.code) == (PackageState.ACCEPTED, "")
    assert verdict.signature.state is SignatureState.VALID
    assert verdict.signature.signer_serial == "5ea1"
    assert verdict.form is not None
    assert verdict.form.applicant.name == person().name.written
    assert verdict.form.applied_at == APPLIED
    assert len(verdict.attachments) == 2


@pytest.mark.parametrize("placing", PLACINGS)
def test_C01_a_changed_answer_is_refused(trust: Trust, placing: Placing) -> None:
    name = SIGNATURE if placing is Placing.ENVELOPING else APPLICATION
    verdict = check(package(placing, changed(name, "TDK-LG-CODE", "TDK-LG-KODE")), trust, layout(placing))
    assert (verdict.state, verdict.code) == (PackageState.QUARANTINED, "SIG-301")
    assert verdict.signature.state is SignatureState.INVALID


@pytest.mark.parametrize("placing", PLACINGS)
def test_C01_a_changed_attachment_is_refused(trust: Trust, placing: Placing) -> None:
    def change(members: list[Member]) -> list[Member]:
        return [replace(m, content=m.content + b"\n") if m.name.endswith(".pdf") else m for m in members]

    assert check(package(placing, change), trust, layout(placing)).code == "SIG-301"


@pytest.mark.parametrize("placing", PLACINGS)
def test_C04_an_attachment_that_nobody_signed_is_refused(trust: Trust, placing: Placing) -> None:
    extra = Member("Attachment/extra.txt", "あとから足したもの".encode())
    verdict = check(package(placing, lambda members: [*members, extra]), trust, layout(placing))
    assert (verdict.code, verdict.facts["reason"]) == ("SIG-301", "not_covered")


@pytest.mark.parametrize("placing", PLACINGS)
def test_C04_a_missing_attachment_is_refused(trust: Trust, placing: Placing) -> None:
    data = package(placing, lambda members: [m for m in members if not m.name.endswith(".pdf")])
    assert check(data, trust, layout(placing)).code == "SIG-301"


def test_C04_a_signature_over_another_application_is_refused(trust: Trust) -> None:
    other = xml_packages.signed_members(replace(application(number=1), attachments=(pdf(), jpeg())))
    signature = next(m for m in other if m.name == SIGNATURE)
    data = package(
        Placing.DETACHED, lambda members: [signature if m.name == SIGNATURE else m for m in members]
    )
    assert check(data, trust, layout(Placing.DETACHED)).code == "SIG-301"


def test_C04_two_members_that_changed_places_are_refused(trust: Trust) -> None:
    def change(members: list[Member]) -> list[Member]:
        swap = {FORM: APPLICATION, APPLICATION: FORM}
        return [replace(m, name=swap.get(m.name, m.name)) for m in members]

    assert check(package(Placing.DETACHED, change), trust, layout(Placing.DETACHED)).code == "SIG-301"


def test_C02_a_signature_that_is_missing_is_asked_for(trust: Trust) -> None:
    data = package(Placing.DETACHED, lambda members: [m for m in members if m.name != SIGNATURE])
    assert check(data, trust, layout(Placing.DETACHED)).code == "SIG-302"


def test_C02_a_signature_cut_out_of_its_form_is_asked_for(trust: Trust) -> None:
    def change(members: list[Member]) -> list[Member]:
        def cut(content: bytes) -> bytes:
            start, stop = content.index(b"<Signature"), content.index(b"</Signature>") + len(b"</Signature>")
            return content[:start] + content[stop:]

        return [replace(m, content=cut(m.content)) if m.name == APPLICATION else m for m in members]

    assert check(package(Placing.ENVELOPED, change), trust, layout(Placing.ENVELOPED)).code == "SIG-302"


def test_a_form_that_is_not_inside_the_signature_is_not_read(trust: Trust) -> None:
    """The Id is right, but it stands nowhere in what was signed."""
    profile = layout(Placing.ENVELOPING)
    elsewhere = replace(profile, applicant=FormLayout(SIGNATURE, "Data", "hoka"))
    verdict = check(package(Placing.ENVELOPING), trust, elsewhere)
    assert (verdict.code, verdict.facts["reason"]) == ("SIG-301", "not_covered")


@pytest.mark.parametrize("encoding", ["UTF-8", "Windows-31J"])
def test_forms_in_other_encodings_are_signed_byte_for_byte(trust: Trust, encoding: str) -> None:
    data = package(Placing.DETACHED, encoding=encoding)
    assert check(data, trust, layout(Placing.DETACHED)).state is PackageState.ACCEPTED


@pytest.mark.parametrize(("codec", "declared"), [("utf-16", "UTF-16"), ("cp932", "Windows-31J")])
def test_a_form_with_its_signature_may_be_sent_in_another_encoding(
    trust: Trust, codec: str, declared: str
) -> None:
    """The signature is over characters, not over bytes."""

    def change(members: list[Member]) -> list[Member]:
        def recoded(content: bytes) -> bytes:
            return content.decode().replace('"UTF-8"', f'"{declared}"', 1).encode(codec)

        return [replace(m, content=recoded(m.content)) if m.name == APPLICATION else m for m in members]

    verdict = check(package(Placing.ENVELOPED, change), trust, layout(Placing.ENVELOPED))
    assert (verdict.code, verdict.state) == ("", PackageState.ACCEPTED)


def test_C08_a_policy_may_be_asked_for_by_procedure(trust: Trust) -> None:
    """P32 asks for a policy that the certificate does not bear, another procedure for one that it does."""
    profile = layout(Placing.DETACHED)
    assert profile.signature is not None
    bears = frozenset({pki.SIGNATURE_POLICY})

    def asked(**procedures: frozenset[str]) -> LayoutProfile:
        assert profile.signature is not None
        signature = replace(profile.signature, policies=bears, procedure_policies=procedures)
        return replace(profile, signature=signature)

    data = package(Placing.DETACHED)
    assert check(data, trust, asked(P33=frozenset({"1.2.3"}))).state is PackageState.ACCEPTED
    verdict = check(data, trust, asked(P32=frozenset({"1.2.3"})))
    assert (verdict.code, verdict.facts["reason"]) == ("CRT-311", "policy")
    assert check(data, trust, asked(P32=bears | {"1.2.3"})).state is PackageState.ACCEPTED


def test_C08_an_authority_that_came_inside_the_signature_is_not_believed(trust: Trust) -> None:
    stranger, day = pki.foreign_authority(), APPLIED.date()
    issued = Issued(2, 0x5EA1, day.replace(year=2025), day.replace(year=2028))
    certificate = certificates.leaf(person(), issued, stranger)
    signed_by = cms.SigningKey(certificate, signer().key, (stranger.certificate,))
    verdict = check(package(Placing.DETACHED, signer=signed_by), trust, layout(Placing.DETACHED))
    assert verdict.code == "CRT-311"


def test_a_layout_says_of_a_cms_signature_alone_what_it_covers(tmp_path: Path) -> None:
    shipped = (queries.PROFILES / "xml-signed-sample.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        shipped.replace("  member: signature.xml", "  member: signature.xml\n  covers: sinsei.xml")
    )
    with pytest.raises(LayoutInvalid):
        queries.load_profile(str(wrong))


def test_an_xml_signed_package_is_stored_as_an_application(arrive: Arrive, work: Work) -> None:
    with scope("992011"):
        Channel.objects.update(layout="xml-signed-sample")
    arrive(package(Placing.DETACHED))
    work()
    with scope("992011"):
        assert ApplicationRow.objects.get().layout == "xml-signed-sample"


@pytest.mark.parametrize("lists_the_form", [True, False])
def test_a_manifest_may_list_a_form_with_its_signature_in_it(trust: Trust, lists_the_form: bool) -> None:
    """The manifest itself is signed by nobody: it adds nothing, and takes nothing away."""

    def change(members: list[Member]) -> list[Member]:
        listed = [m for m in members if lists_the_form or m.name != APPLICATION]
        return [*members, Member(MANIFEST, manifest_of(listed))]

    def lying(members: list[Member]) -> list[Member]:
        return [*members, Member(MANIFEST, manifest_of([m for m in members if not m.name.endswith(".pdf")]))]

    profile = replace(layout(Placing.ENVELOPED), manifest=cms_layout().manifest)
    assert check(package(Placing.ENVELOPED, change), trust, profile).state is PackageState.ACCEPTED
    assert check(package(Placing.ENVELOPED, lying), trust, profile).code == "PKG-120"
