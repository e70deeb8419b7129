"""A package is judged by its bytes: what is sound is read, what is not says why."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography import x509

from samples import cms, documents, pki, zips
from samples.attachments import Attachment
from samples.defects import SPOILINGS
from samples.packages import APPLICATION, FORM, MANIFEST, SIGNATURE, Member, Spoiling
from tests.casework.intake.packages import (
    APPLIED,
    HIYORI,
    MINASE,
    NOW,
    application,
    check,
    circumstances,
    jpeg,
    needs_signature,
    package,
    pdf,
    person,
    profile,
    sha256,
    signer,
    signing_certificate,
    write_trust,
)
from tests.hostile.material import compounds
from todoke.casework.intake import queries, services
from todoke.casework.intake.values import (
    AttachmentState,
    PartyRole,
    Severity,
    SignatureState,
    Trust,
    Verdict,
)
from todoke.casework.relay.values import PackageState


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def replaced(name: str, old: bytes, new: bytes) -> Spoiling:
    """Change bytes of one member; the manifest is made afterwards and agrees."""

    def change(members: list[Member]) -> list[Member]:
        return [replace(m, content=m.content.replace(old, new, 1)) if m.name == name else m for m in members]

    return Spoiling(members=change)


def test_a_sound_package_is_accepted_and_read(trust: Trust) -> None:
    verdict = check(package(attachments=(pdf(), jpeg())), trust)
    assert (verdict.state, verdict.code, verdict.findings) == (PackageState.ACCEPTED, "", ())
    assert verdict.procedure == "P32"
    form = verdict.form
    assert form is not None
    who = person()
    assert (form.recipient, form.applied_at) == (MINASE, APPLIED)
    assert (form.applicant.name, form.applicant.birth) == (who.name.written, who.birth.isoformat())
    assert form.value("destination") == application().destination
    assert form.value("TDK-LG-CODE") == MINASE
    assert form.parties[0].role is PartyRole.APPLICANT


def test_the_signature_of_a_sound_package_is_valid_and_names_its_issuer(trust: Trust) -> None:
    outcome = check(package(), trust).signature
    assert outcome.state is SignatureState.VALID
    assert outcome.signer_issuer_key == pki.issuer_key(authentication=False, generation=2)
    assert outcome.signer_serial == "5ea1"


def test_attachments_are_references_into_the_original(trust: Trust) -> None:
    files = (pdf(), jpeg())
    data = package(attachments=files)
    found = check(data, trust).attachments
    assert [one.label for one in found] == [file.name for file in files]
    assert [one.kind for one in found] == ["pdf", "jpeg"]
    assert [one.sha256 for one in found] == [sha256(file.content) for file in files]
    assert [one.size for one in found] == [len(file.content) for file in files]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("truncated", "PKG-105"), ("bad_crc", "PKG-105"), ("traversal", "PKG-110"), ("symlink", "PKG-111"),
        ("encrypted", "PKG-114"), ("duplicate_names", "PKG-112"), ("nested", "PKG-101"),
        ("local_differs", "PKG-115"), ("prefixed", "PKG-116"), ("not_a_zip", "PKG-118"),
        ("empty_zip", "PKG-117"), ("bomb", "PKG-103"), ("doctype", "XML-201"), ("billion_laughs", "XML-201"),
        ("lying_encoding", "XML-220"), ("not_well_formed", "XML-210"), ("illegal_character", "XML-221"),
        ("manifest_hash", "PKG-121"), ("manifest_absent_file", "PKG-120"),
        ("manifest_unlisted_file", "PKG-120"), ("no_manifest", "PKG-120"),
        ("signed_other_content", "SIG-301"), ("signature_value", "SIG-301"), ("signature_missing", "SIG-302"),
        ("unknown_procedure", "XML-212"),
    ],
)  # fmt: skip
def test_a_planted_defect_is_quarantined_with_its_code(trust: Trust, kind: str, code: str) -> None:
    verdict = check(package(attachments=(pdf(),), spoiling=SPOILINGS[kind]), trust)
    assert (verdict.state, verdict.code) == (PackageState.QUARANTINED, code)
    assert codes(verdict) == [code]
    assert verdict.findings[0].severity is Severity.STOP


@pytest.mark.parametrize("kind", ["xml_windows_31j", "names_cp932", "names_utf8_unflagged", "bare_signature"])
def test_an_oddity_that_is_no_defect_is_accepted(trust: Trust, kind: str) -> None:
    assert check(package(spoiling=SPOILINGS[kind]), trust).state is PackageState.ACCEPTED


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"PK", b"PK\x05\x06" + bytes(18), b"Rar!\x1a\x07\x00" + bytes(100)]
)
def test_what_is_no_package_is_refused_without_an_exception(trust: Trust, data: bytes) -> None:
    assert check(data, trust).state is PackageState.QUARANTINED


def test_an_application_for_another_town_is_quarantined(trust: Trust) -> None:
    assert check(package(organisation=HIYORI), trust).code == "SEQ-504"


def test_a_town_that_is_not_named_is_not_compared(trust: Trust) -> None:
    assert check(package(organisation=HIYORI), trust, organisation="").state is PackageState.ACCEPTED


def test_the_bodys_own_rule_asks_for_a_signature(trust: Trust) -> None:
    data = package("P02")
    assert check(data, trust).signature.state is SignatureState.NOT_REQUIRED
    assert check(data, trust, needs_signature=lambda _: True).code == "SIG-302"


def test_a_voluntary_signature_is_verified_too(trust: Trust) -> None:
    assert check(package("P02", signer=signer()), trust).signature.state is SignatureState.VALID
    assert (
        check(package("P02", signer=signer(), spoiling=SPOILINGS["signature_value"]), trust).code == "SIG-301"
    )


def test_a_signature_of_another_application_does_not_fit(trust: Trust) -> None:
    """C04"""
    other = packed_members(package(number=1))[SIGNATURE.encode()]

    def exchange(entries: list[zips.Entry]) -> list[zips.Entry]:
        return [replace(e, content=other) if e.name == SIGNATURE.encode() else e for e in entries]

    assert check(package(spoiling=Spoiling(entries=exchange)), trust).code == "SIG-301"


def packed_members(data: bytes) -> dict[bytes, bytes]:
    from todoke.proof import archive

    return {m.raw_name: archive.inflate(data, m) for m in archive.walk(data, profile().limits)}


def test_only_what_the_signature_covers_is_read(trust: Trust) -> None:
    """A layout whose signature covers one form only: the other form, unsigned, is not believed."""
    layout = profile()
    assert layout.signature is not None
    narrow = replace(layout, manifest=None, signature=replace(layout.signature, covers=APPLICATION))

    def without_manifest(entries: list[zips.Entry]) -> list[zips.Entry]:
        return [e for e in entries if e.name != MANIFEST.encode()]

    application_ = application()
    content = packed_members(package())[APPLICATION.encode()]
    signature = cms.sign_detached(content, signer(), at=APPLIED)

    def signed_anew(entries: list[zips.Entry]) -> list[zips.Entry]:
        kept = without_manifest(entries)
        return [replace(e, content=signature) if e.name == SIGNATURE.encode() else e for e in kept]

    data = package(spoiling=Spoiling(entries=signed_anew), seed=application_.seed)
    verdict = services.check_package(data, profile=narrow, trust=trust, circumstances=circumstances())
    assert verdict.code == "SIG-301"
    assert verdict.facts["reason"] == "not_covered"


def certificate_of(serial: int, *, generation: int = 2) -> cms.SigningKey:
    who = person()
    made = signing_certificate(who, generation=generation, serial=serial)
    return cms.SigningKey(made, pki.signer_key_of(who))


def revoking(tmp_path: Path, *, days: int, reason: x509.ReasonFlags) -> Trust:
    """Trust whose list revoked serial 7 some days after the application (negative: before)."""
    entry = pki.Revoked(7, APPLIED + timedelta(days=days), reason)
    write_trust(tmp_path, [entry])
    return queries.load_trust(tmp_path)


def test_a_certificate_revoked_before_applying_is_refused(tmp_path: Path) -> None:
    """C06"""
    trust = revoking(tmp_path, days=-1, reason=x509.ReasonFlags.affiliation_changed)
    verdict = check(package(signer=certificate_of(7)), trust)
    assert (verdict.state, verdict.code) == (PackageState.QUARANTINED, "CRT-310")
    assert verdict.signature.state is SignatureState.INVALID


def test_a_certificate_revoked_after_applying_is_accepted_with_a_finding(tmp_path: Path) -> None:
    """C06"""
    trust = revoking(tmp_path, days=1, reason=x509.ReasonFlags.affiliation_changed)
    verdict = check(package(signer=certificate_of(7)), trust)
    assert verdict.state is PackageState.ACCEPTED
    assert codes(verdict) == ["REV-333"]


def test_a_certificate_on_hold_is_left_to_a_person(tmp_path: Path) -> None:
    """C06"""
    trust = revoking(tmp_path, days=-1, reason=x509.ReasonFlags.certificate_hold)
    verdict = check(package(signer=certificate_of(7)), trust)
    assert verdict.state is PackageState.ACCEPTED
    assert verdict.signature.state is SignatureState.INDETERMINATE
    assert [(one.code, one.severity) for one in verdict.findings] == [("REV-332", Severity.HOLD)]


def test_without_a_list_the_package_waits(tmp_path: Path) -> None:
    """C07"""
    write_trust(tmp_path, lists=[1])
    verdict = check(package(), queries.load_trust(tmp_path))
    assert (verdict.state, verdict.code) == (PackageState.PENDING, "REV-331")
    assert verdict.signature.state is SignatureState.INDETERMINATE
    assert verdict.facts["procedure"] == "P32"


def test_where_lists_are_not_required_their_absence_is_noted(tmp_path: Path) -> None:
    write_trust(tmp_path, lists=[])
    verdict = check(package(), queries.load_trust(tmp_path, is_list_required=False))
    assert verdict.state is PackageState.ACCEPTED
    assert codes(verdict) == ["REV-330"]


def test_a_stale_list_does_not_answer_even_where_lists_are_not_required(tmp_path: Path) -> None:
    """C07"""
    write_trust(tmp_path)
    trust = queries.load_trust(tmp_path, is_list_required=False)
    later = NOW + timedelta(days=3_000)
    assert check(package(), trust, at=later).code == "REV-331"


def test_a_certificate_that_expired_since_the_application_is_still_good(trust: Trust) -> None:
    """C05: judged at 申請日時, not today."""
    assert check(package(), trust).state is PackageState.ACCEPTED
    old = application()
    made = replace(old, applied_at=APPLIED - timedelta(days=2_000))
    verdict = check(package(applied_at=made.applied_at), trust, portal_received_at=made.applied_at)
    assert verdict.code == "CRT-310"


def test_a_time_of_application_far_from_the_reception_is_not_used(trust: Trust) -> None:
    """C20, C22"""
    verdict = check(package(applied_at=APPLIED + timedelta(hours=5)), trust)
    assert verdict.state is PackageState.ACCEPTED
    assert codes(verdict) == ["DAT-412"]
    early = check(package(applied_at=APPLIED - timedelta(days=400)), trust)
    assert codes(early) == ["DAT-412"]


def test_without_anchors_nothing_is_believed(tmp_path: Path) -> None:
    """C08"""
    assert check(package(), queries.load_trust(tmp_path / "absent")).code == "CRT-311"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("photo.jpg", b"", "ATT-604"),
        ("setsumei.pdf", b"just some text\r\n", "ATT-607"),
        ("IMG_0001.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(range(255)), "ATT-606"),
        ("noextension", b"text\n", "ATT-606"),
        ("page.txt", b"<html><p>hello</html>", "ATT-606"),
    ],
)
def test_a_doubtful_attachment_is_flagged_and_the_application_goes_on(
    trust: Trust, name: str, content: bytes, code: str
) -> None:
    verdict = check(package(attachments=(pdf(), Attachment(name, content))), trust)
    assert verdict.state is PackageState.ACCEPTED
    assert [(one.state, one.code) for one in verdict.attachments] == [
        (AttachmentState.SOUND, ""),
        (AttachmentState.FLAGGED, code),
    ]
    assert [(one.code, one.severity) for one in verdict.findings] == [(code, Severity.WARN)]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("run.exe", b"MZ" + bytes(200), ["ATT-606"]),
        ("page.txt", b"<html><script>alert(1)</script></html>", ["ATT-609", "ATT-606"]),
    ],
)
def test_a_dangerous_attachment_is_sealed_and_the_application_goes_on(
    trust: Trust, name: str, content: bytes, found: list[str]
) -> None:
    verdict = check(package(attachments=(pdf(), Attachment(name, content))), trust)
    assert verdict.state is PackageState.ACCEPTED
    assert [(one.state, one.code) for one in verdict.attachments] == [
        (AttachmentState.SOUND, ""),
        (AttachmentState.SEALED, found[0]),
    ]
    assert codes(verdict) == found


def test_a_note_about_content_leaves_the_attachment_sound(trust: Trust) -> None:
    """X25: a table is stored as it is; that spreadsheets would calculate is noted."""
    table = Attachment("list.csv", "品目,金額\r\n=1+1,-5\r\n".encode())
    verdict = check(package(attachments=(table,)), trust)
    assert [(one.state, one.code) for one in verdict.attachments] == [(AttachmentState.SOUND, "")]
    assert [(one.code, one.severity) for one in verdict.findings] == [("ATT-612", Severity.NOTE)]


def test_a_macro_in_an_attachment_is_sealed(trust: Trust) -> None:
    """A02"""
    plain = documents.docx(Random(1), 2_000)
    parts = packed_members(plain)
    entries = [zips.entry(name.decode(), content) for name, content in parts.items()]
    macro = zips.archive([*entries, zips.entry("word/vbaProject.bin", b"macro")])
    found = check(package(attachments=(Attachment("a.docx", plain), Attachment("b.docx", macro))), trust)
    assert [(one.state, one.code) for one in found.attachments] == [
        (AttachmentState.SOUND, ""),
        (AttachmentState.SEALED, "ATT-608"),
    ]


@pytest.mark.parametrize("name", ["inner.zip", "inner.pdf"])
def test_an_archive_inside_refuses_the_package_whatever_its_name(trust: Trust, name: str) -> None:
    """Z01"""
    inner = zips.archive([zips.entry("inner.txt", b"inner")])
    verdict = check(package(attachments=(Attachment(name, inner),)), trust)
    assert verdict.code == "PKG-101"


def test_a_large_attachment_is_hashed_in_pieces(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    from todoke.casework.intake.rules import contents

    data = package(attachments=(pdf(), jpeg()))
    whole = check(data, trust)
    monkeypatch.setattr(contents, "WHOLE_UP_TO", 100)
    monkeypatch.setattr(contents, "PIECE", 1_024)
    pieces = check(data, trust)
    assert [replace(one, state=AttachmentState.SOUND, code="") for one in pieces.attachments] == list(
        whole.attachments
    )
    assert [one.code for one in pieces.attachments] == ["ATT-616", ""], "a picture is told by its ends"


def test_a_large_document_of_the_old_kind_is_not_refused_for_what_its_ends_do_not_tell(trust: Trust) -> None:
    noise = Random(1).randbytes(4_500_000)
    large = Attachment("a.doc", compounds.build({"Pictures": noise, "WordDocument": bytes(4_096)}) + noise)
    assert codes(check(package(attachments=(large,)), trust)) == ["ATT-616"]


def test_what_a_large_attachment_shows_at_its_ends_is_found(
    trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    from todoke.casework.intake.rules import contents

    encrypted = Attachment("b.pdf", pdf().content.replace(b"trailer\n<<", b"trailer\n<< /Encrypt 9 0 R"))
    monkeypatch.setattr(contents, "WHOLE_UP_TO", 100)
    verdict = check(package(attachments=(encrypted,)), trust)
    assert [(one.state, one.code) for one in verdict.attachments] == [(AttachmentState.SEALED, "ATT-602")]
    assert codes(verdict) == ["ATT-602", "ATT-616"]


@pytest.mark.parametrize(
    ("member", "old", "new", "code"),
    [
        (APPLICATION, b' id="P32"', b' id="P32" xmlns="urn:other"', "XML-211"),
        (APPLICATION, b"FocusFormSpecification", b"Elsewhere", "XML-210"),
        (APPLICATION, b'std-code="TDK-APPLIED-AT"', b'std-code="TDK-LG-CODE"', "XML-210"),
        (APPLICATION, b'std-code="TDK-APPLIED-AT"', b"", "XML-210"),
        (APPLICATION, b"2026-04-01T10:00:00+09:00", b"2026-04-01T10:00:00", "XML-210"),
        (APPLICATION, b"2026-04-01T10:00:00+09:00", b"2026-04-31T10:00:00+09:00", "DAT-411"),
        (APPLICATION, b'id="q2"', b'id="q1"', "XML-210"),
        (APPLICATION, b"<value>", b"<value><b/>", "XML-210"),
        (APPLICATION, b"<value>", b"<value/><value>", "XML-210"),
        (FORM, b"<Data ", b"<Data xmlns='urn:other' ", "XML-211"),
    ],
)
def test_a_form_that_does_not_fit_the_layout_is_quarantined(
    trust: Trust, member: str, old: bytes, new: bytes, code: str
) -> None:
    def both(members: list[Member]) -> list[Member]:
        return [
            replace(m, content=m.content.replace(old, new) if old.startswith(b"Focus") else m.content.replace(old, new, 1))
            if m.name == member
            else m
            for m in members
        ]  # fmt: skip

    assert check(package(spoiling=Spoiling(members=both)), trust).code == code


def test_a_manifest_of_another_version_says_which(trust: Trust) -> None:
    """X12"""
    spoiling = Spoiling(manifest=lambda manifest: manifest.replace(b"manifest:1", b"manifest:9"))
    verdict = check(package(spoiling=spoiling), trust)
    assert (verdict.code, verdict.facts["version"]) == ("XML-211", "urn:todoke:sample:manifest:9")


def test_a_file_listed_twice_in_the_manifest_is_refused(trust: Trust) -> None:
    def twice(manifest: bytes) -> bytes:
        line = next(line for line in manifest.splitlines() if b"sinsei.xml" in line)
        return manifest.replace(line, line + b"\n" + line)

    assert check(package(spoiling=Spoiling(manifest=twice)), trust).code == "PKG-120"


def test_a_missing_form_is_named(trust: Trust) -> None:
    spoiling = Spoiling(members=lambda members: [m for m in members if m.name != FORM])
    verdict = check(package(spoiling=spoiling), trust)
    assert (verdict.code, verdict.facts["member"]) == ("PKG-123", FORM)


def test_a_date_that_does_not_exist_is_noted(trust: Trust) -> None:
    """T15"""
    birth = person().birth
    old, new = (
        f'id="day" placeholder="" required="yes" type="select"><Label>生年月日</Label><value>{birth.day}',
        "",
    )
    new = old.replace(f"<value>{birth.day}", "<value>99")
    verdict = check(package(spoiling=replaced(FORM, old.encode(), new.encode())), trust)
    assert verdict.state is PackageState.ACCEPTED
    assert codes(verdict) == ["DAT-411"]
    assert verdict.form is not None
    assert verdict.form.applicant.birth.endswith("-99")


def test_several_subjects_an_agent_and_an_insured_person_are_parties_of_their_own(trust: Trust) -> None:
    data = package("P16", subjects=(person(1), person(2)), agent=person(3), insured_number="7900000001")
    form = check(data, trust).form
    assert form is not None
    assert [(one.role, one.position, one.name) for one in form.parties if one.role is PartyRole.SUBJECT] == [
        (PartyRole.SUBJECT, 1, person(1).name.written),
        (PartyRole.SUBJECT, 2, person(2).name.written),
    ]
    agent = next(one for one in form.parties if one.role is PartyRole.AGENT)
    insured = next(one for one in form.parties if one.role is PartyRole.INSURED)
    assert (agent.name, agent.authority) == (person(3).name.written, "申請書の作成及び提出")
    assert (insured.number, insured.name) == ("7900000001", person(1).name.written)


@pytest.mark.parametrize(
    "text", ["0x1F8B0C17", "1f8b0c17", "1F:8B:0C:17", "1F 8B 0C 17", "001F8B0C17", "１Ｆ８Ｂ０Ｃ１７"]
)
def test_a_serial_is_kept_as_printed_and_normalised(trust: Trust, text: str) -> None:
    verdict = check(package(serial_text=text), trust)
    assert (verdict.serial_text, verdict.serial) == (text, "1f8b0c17")


def test_a_serial_that_is_none_is_kept_as_printed(trust: Trust) -> None:
    verdict = check(package(serial_text="①２３"), trust)
    assert (verdict.serial_text, verdict.serial) == ("①２３", "")


def test_a_verdict_is_plain_data_with_a_sentence_per_finding(trust: Trust) -> None:
    import json

    document = services.verdict_document(check(package(spoiling=SPOILINGS["signature_missing"]), trust))
    assert json.loads(json.dumps(document)) == document
    findings = document["findings"]
    assert isinstance(findings, list)
    assert findings[0]["code"] == "SIG-302"
    assert "署名がありません" in findings[0]["sentence"]


def test_no_refusal_tells_personal_data_in_its_facts(trust: Trust) -> None:
    who = person()
    words = {who.name.written, who.name.kana, who.address, application().serial_text}
    for kind in SPOILINGS:
        verdict = check(package(attachments=(pdf(),), spoiling=SPOILINGS[kind]), trust)
        if verdict.state is PackageState.QUARANTINED:
            told = " ".join(
                [*verdict.facts.values(), *(v for f in verdict.findings for v in f.facts.values())]
            )
            assert not any(word in told for word in words)


def test_every_code_that_is_given_has_a_sentence(trust: Trust) -> None:
    from todoke.foundation.errors import SENTENCES

    for kind in SPOILINGS:
        verdict = check(package(spoiling=SPOILINGS[kind]), trust)
        assert set(codes(verdict)) <= SENTENCES.keys()


def test_circumstances_decide_not_the_clock(trust: Trust) -> None:
    data = package()
    first, second = check(data, trust), check(data, trust)
    assert first == second
    assert needs_signature("P99") is None
