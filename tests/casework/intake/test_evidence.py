"""What a verdict rests on is kept beside it, sealed, and can be verified where there is no Todoke."""

import base64
import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples import pki
from samples.defects import SPOILINGS
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import (
    ACTOR,
    APPLIED,
    HIYORI,
    MINASE,
    NOW,
    check,
    package,
    pdf,
    person,
    profile,
    sha256,
    signing_certificate,
    write_trust,
)
from tests.support import bare
from tests.support.clock import Clock
from todoke.casework.intake import jobs, queries, services
from todoke.casework.intake.errors import EvidenceAbsent
from todoke.casework.intake.models import EvidenceCertificate, EvidenceRecord
from todoke.casework.intake.rules import evidence
from todoke.casework.intake.values import Original, Trust, Verdict
from todoke.casework.relay.values import PackageState
from todoke.casework.trust import services as trust_services
from todoke.casework.trust.values import Checker, RevocationChoice
from todoke.foundation.audit import services as sealer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext

TOOL = Path(__file__).parents[3] / "tools" / "evidence_verify.py"
VERIFIED, WRONG, USAGE, OPEN = 0, 1, 2, 3
Bundle = dict[str, Any]  # JSON
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["", "x", "0" * 64, "2026-04-06T00:00:00+00:00"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["sha256", "number", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def record_of(identity: int) -> dict[str, Any]:
    with scope(MINASE, read_only=True):
        document: dict[str, Any] = json.loads(queries.evidence(identity).record)
        return document


def test_every_verdict_leaves_a_record_whose_hash_the_audit_holds(arrive: Arrive, work: Work) -> None:
    identities = [
        arrive(package(), 1), arrive(b"no package", 2), arrive(package("P02", 3), 3),
        arrive(package(number=4, spoiling=SPOILINGS["signed_other_content"]), 4),
    ]  # fmt: skip
    work()
    with scope(MINASE):
        for identity in identities:
            stored = queries.evidence(identity)
            assert hashlib.sha256(stored.record.encode()).hexdigest() == stored.sha256
            entry = AuditEntry.objects.get(object_kind="package", object_id=str(identity), action__in=[
                "package.accepted", "package.quarantined"])  # fmt: skip
            assert json.loads(entry.facts)["evidence"] == stored.sha256


def test_a_record_says_what_was_verified_by_what_and_when(arrive: Arrive, work: Work) -> None:
    data = package(attachments=(pdf(),))
    identity = arrive(data, 1)
    work()
    found = record_of(identity)
    assert found["original"] == {"sha256": sha256(data), "size": len(data)}
    assert found["outcome"] == {
        "state": "accepted",
        "code": "",
        "signature": "valid",
        "reason": "",
        "findings": [],
    }
    assert found["signature"]["covers"] == "manifest.xml"
    assert found["certificate"]["serial"] == "5ea1"
    assert found["certificate"]["issuer_key"] == pki.issuer_key(authentication=False, generation=2)
    assert found["revocation"]["standing"] == "good"
    assert found["revocation"]["answered_by"] == "list"
    assert found["revocation"]["list"]["this_update"] == pki.LIST_FROM.isoformat()
    assert found["times"]["judged_as_of"] == utc(APPLIED)
    assert found["times"]["applied_before_reception"] == 0
    assert found["layout"] == {"name": "pittari-xml-sample", "edition": "sample-1"}
    assert found["software"].startswith("todoke ")


def test_a_record_tells_no_name_and_no_name_of_a_file(arrive: Arrive, work: Work) -> None:
    who = person()
    identity = arrive(package(attachments=(pdf(),)), 1)
    work()
    with scope(MINASE, read_only=True):
        text = queries.evidence(identity).record
    for word in (who.name.written, who.birth.isoformat(), pdf().name):
        assert word not in text


def test_Z41_the_record_of_a_tampered_package_names_the_file_that_differs(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(attachments=(pdf(),), spoiling=SPOILINGS["manifest_hash"]), 1)
    work()
    found = record_of(identity)
    assert found["outcome"]["code"] == "PKG-121"
    assert found["members"][found["refused_member"] - 1]["sha256"]
    assert found["signature"] is None


def test_a_record_of_what_could_not_be_read_has_the_same_headings() -> None:
    given_up = Verdict(PackageState.QUARANTINED, "SYS-921")
    original = Original(MINASE, "", "0" * 64, 1, "layout", "1", "todoke")
    plain = json.loads(evidence.record_of(given_up, original))
    assert set(plain) == {
        "format", "original", "organisation", "package", "layout", "software", "procedure", "outcome", "members",
        "signature", "certificate", "revocation", "times",
    }  # fmt: skip
    assert evidence.NOTHING_READ["times"] == plain["times"]


def test_a_certificate_is_kept_once_however_many_packages_it_signed(arrive: Arrive, work: Work) -> None:
    for number in range(3):
        arrive(package(seed=f"again/{number}", serial_text=f"{number + 7:08X}"), number)
    work()
    with scope(MINASE):
        assert EvidenceRecord.objects.count() == 3
        assert EvidenceCertificate.objects.count() == 2


def test_a_second_judgement_adds_a_record_and_keeps_the_first(
    arrive: Arrive, work: Work, var_dir: Path, clock: Clock
) -> None:
    (var_dir / "trust" / "list-2.crl").unlink()
    identity = arrive(package(), 1)
    work()
    assert record_of(identity)["revocation"]["why"] == "no_list"
    write_trust(var_dir / "trust")
    clock.advance(minutes=5)
    with scope(MINASE):
        services.release_package(identity, actor=ACTOR, at=clock.now)
    work()
    assert record_of(identity)["outcome"]["state"] == "accepted"
    with scope(MINASE):
        assert EvidenceRecord.objects.filter(package_id=identity).count() == 2


def test_the_evidence_of_another_body_does_not_exist_here(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(), 1)
    work()
    with scope(HIYORI, read_only=True), pytest.raises(EvidenceAbsent):
        queries.evidence(identity)


# ---- verified elsewhere
@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare.site_of(tmp_path_factory.mktemp("bare"))


class Case:
    """A package with its bundle on disk, to be altered and verified."""

    def __init__(self, folder: Path, site: Path, data: bytes, bundle: Bundle) -> None:
        self.folder, self.site, self.bundle = folder, site, bundle
        self.package = folder / "package.zip"
        self.package.write_bytes(data)

    def verify(self, bundle: Bundle | None = None, *more: str | Path) -> tuple[int, str]:
        file = self.folder / "bundle.json"
        file.write_text(json.dumps(bundle or self.bundle))
        done = bare.run(self.site, TOOL, file, *(more or (self.package,)))
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def stored(arrive: Arrive, work: Work, clock: Clock, tmp_path: Path, site: Path) -> Case:
    """An accepted package, sealed, exported whole."""
    data = package(attachments=(pdf(),))
    identity = arrive(data, 1)
    for number in range(2, 5):
        arrive(package(number=number), number)
    work()
    with scope(MINASE):
        sealer.seal(at=clock.now)
        bundle = json.loads(json.dumps(queries.evidence_bundle(identity, is_whole=True, with_list=True)))
    return Case(tmp_path, site, data, bundle)


def test_evidence_of_an_accepted_package_verifies_where_there_is_no_todoke(
    stored: Case, var_dir: Path
) -> None:
    code, said = stored.verify()
    assert code == VERIFIED, said
    assert "ALL" in said.upper()
    code, said = stored.verify(
        None, stored.package, var_dir / "trust" / "list-2.crl", "--seal-key", var_dir / "seals" / "seal.pub",
        "--anchor", var_dir / "trust" / "ca-1.pem",
    )  # fmt: skip
    assert code == VERIFIED, said


def test_without_the_package_nothing_is_wrong_and_not_everything_is_known(stored: Case) -> None:
    file = stored.folder / "bundle.json"
    file.write_text(json.dumps(stored.bundle))
    done = bare.run(stored.site, TOOL, file)
    assert done.returncode == OPEN, done.stdout
    assert bare.run(stored.site, TOOL, stored.folder / "absent.json").returncode == USAGE


def test_the_desks_bundle_holds_no_entry_about_others(
    arrive: Arrive, work: Work, clock: Clock, tmp_path: Path, site: Path
) -> None:
    data = package()
    identity = arrive(data, 1)
    arrive(package(number=2), 2)
    work()
    with scope(MINASE):
        sealer.seal(at=clock.now)
        bundle = json.loads(json.dumps(queries.evidence_bundle(identity)))
    assert [row["object_id"] for row in bundle["audit"]["entries"]] == [str(identity)]
    assert Case(tmp_path, site, data, bundle).verify()[0] == OPEN


def changed(*path: str | int, to: object) -> Callable[[Bundle], None]:
    def change(bundle: Bundle) -> None:
        place: Any = bundle
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to(place[path[-1]]) if callable(to) else to

    return change


def rewritten(*path: str, to: object) -> Callable[[Bundle], None]:
    """The record altered by somebody who knows to make its hash anew."""

    def change(bundle: Bundle) -> None:
        record = json.loads(bundle["record"])
        changed(*path, to=to)(record)
        bundle["record"] = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        bundle["sha256"] = hashlib.sha256(bundle["record"].encode()).hexdigest()

    return change


def rewritten_with_audit(*path: str, to: object) -> Callable[[Bundle], None]:
    """… and its hash in the audit entry too."""

    def change(bundle: Bundle) -> None:
        before = bundle["sha256"]
        rewritten(*path, to=to)(bundle)
        entry = bundle["audit"]["entries"][0]
        entry["facts"] = entry["facts"].replace(before, bundle["sha256"])

    return change


def another_certificate(bundle: Bundle) -> None:
    der = signing_certificate(person(5)).public_bytes(Encoding.DER)
    first = json.loads(bundle["record"])["certificate"]["sha256"]
    bundle["certificates"][first] = base64.b64encode(der).decode()


def flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


ALTERATIONS: dict[str, Callable[[Bundle], None]] = {
    "a word of the record": changed("record", to=lambda text: text.replace("accepted", "acceptee")),
    "the hash": changed("sha256", to="0" * 64),
    "the outcome with its hash": rewritten("outcome", "code", to="X"),
    "the outcome with hash and audit fact": rewritten_with_audit("outcome", "code", to="X"),
    "the moment": rewritten_with_audit("times", "judged_as_of", to="2060-01-01T00:00:00+00:00"),
    "the serial": rewritten_with_audit("certificate", "serial", to="5ea2"),
    "the author of the choice": rewritten_with_audit("revocation", "checker", to="nobody"),
    "the answer": rewritten_with_audit("revocation", "standing", to="revoked"),
    "the list's period": rewritten_with_audit(
        "revocation", "list", "next_update", to="2030-01-01T00:00:00+00:00"
    ),
    "the list": changed("list", to=flipped),
    "the certificate": another_certificate,
    "an entry of another in the chain": changed("audit", "entries", 1, "actor_id", to="somebody"),
    "an entry left out": lambda bundle: bundle["audit"]["entries"].pop() and None,
    "the seal's head": changed("audit", "seal", "head", to="0" * 64),
    "the seal's time": changed("audit", "seal", "sealed_at", to="2020-01-01T00:00:00.000000Z"),
    "the format": changed("bundle", to="todoke-evidence-bundle/2"),
    "no record": changed("record", to="{}"),
    "the signature left out": rewritten_with_audit("signature", to=None),
    "the revocation left out": rewritten_with_audit("revocation", to=None),
    "a member's size": rewritten_with_audit(
        "members", to=lambda found: [{**one, "size": 1} for one in found]
    ),
    "an answer that nobody gave": rewritten_with_audit("revocation", "standing", to="unknown"),
}


@pytest.mark.parametrize(
    "alteration", ALTERATIONS.values(), ids=[name.replace(" ", "-") for name in ALTERATIONS]
)
def test_an_altered_bundle_does_not_verify(stored: Case, alteration: Callable[[Bundle], None]) -> None:
    bundle = deepcopy(stored.bundle)
    alteration(bundle)
    code, said = stored.verify(bundle)
    assert code in (WRONG, OPEN), said
    assert code == WRONG or "chain up to the seal" in said
    assert "Traceback" not in said


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evidence_verify", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(data=st.data())
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_whatever_stands_in_a_bundle_it_ends_in_a_documented_exit_code(
    stored: Case, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    bundle: Any = deepcopy(stored.bundle)
    record = json.loads(bundle["record"])
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = data.draw(st.sampled_from([bundle, record]))
        while isinstance(place, dict) and place:
            key = data.draw(st.sampled_from(sorted(place)))
            if not isinstance(place[key], dict) or data.draw(st.booleans()):
                place[key] = data.draw(JSON)
                break
            place = place[key]
    if data.draw(st.booleans()):
        bundle["record"] = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        bundle["sha256"] = hashlib.sha256(bundle["record"].encode()).hexdigest()
    file = stored.folder / "fuzzed.json"
    file.write_text(json.dumps(bundle))
    module = _tool()
    with mock.patch.object(sys, "argv", ["evidence_verify.py", str(file), str(stored.package)]):
        assert module.main() in (VERIFIED, WRONG, OPEN)
    capsys.readouterr()


def test_an_altered_package_does_not_verify(stored: Case) -> None:
    data = bytearray(stored.package.read_bytes())
    data[len(data) // 2] ^= 1
    stored.package.write_bytes(data)
    assert stored.verify()[0] == WRONG


def test_another_list_or_anchor_does_not_verify(stored: Case, var_dir: Path) -> None:
    trust = var_dir / "trust"
    assert stored.verify(None, stored.package, trust / "list-1.crl")[0] == WRONG
    assert stored.verify(None, stored.package, "--anchor", trust / "ca-0.pem")[0] == WRONG


def test_a_signature_that_a_forger_recorded_as_valid_is_found_by_computing_it_anew(
    trust: Trust, tmp_path: Path, site: Path
) -> None:
    """Record, hash and member digests all fit the forged package; only the signature cannot be made to."""
    data = package()
    bundle = bundle_of(data, trust)
    forged = package(spoiling=SPOILINGS["signed_other_content"])
    record = json.loads(bundle["record"])
    other = json.loads(bundle_of(forged, trust)["record"])
    record["original"], record["members"] = other["original"], other["members"]
    bundle["record"] = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    bundle["sha256"] = hashlib.sha256(bundle["record"].encode()).hexdigest()
    code, said = Case(tmp_path, site, forged, bundle).verify(bundle)
    assert code == WRONG
    assert "CMS" in said


def bundle_of(data: bytes, trust: Trust, directory: Path | None = None) -> Bundle:
    verdict = check(data, trust)
    layout = profile()
    original = Original(
        MINASE, "", sha256(data), len(data), layout.name, layout.provenance.edition, services.SOFTWARE
    )
    bundle: Bundle = json.loads(json.dumps(services.evidence_bundle(verdict, original, directory)))
    return bundle


def test_evidence_of_a_refused_package_verifies_as_far_as_it_goes(
    trust: Trust, tmp_path: Path, site: Path
) -> None:
    for data in (
        package(spoiling=SPOILINGS["truncated"]),
        package(spoiling=SPOILINGS["signature_value"]),
        b"PK",
    ):
        code, said = Case(tmp_path, site, data, bundle_of(data, trust)).verify()
        assert code == OPEN, said


def test_a_certificate_revoked_later_verifies_with_its_date(tmp_path: Path, site: Path) -> None:
    revoked = pki.Revoked(0x5EA1, APPLIED + timedelta(days=1), x509.ReasonFlags.superseded)
    write_trust(tmp_path / "trust", [revoked])
    installed = queries.load_trust(tmp_path / "trust")
    data = package()
    bundle = bundle_of(data, installed, tmp_path / "trust")
    code, said = Case(tmp_path, site, data, bundle).verify()
    assert code == OPEN, said  # no audit: nothing is stored by `package check`
    assert json.loads(bundle["record"])["revocation"]["since"] == utc(APPLIED + timedelta(days=1))
    changed_ = deepcopy(bundle)
    rewritten("revocation", "since", to=NOW.isoformat())(changed_)
    assert Case(tmp_path, site, data, changed_).verify(changed_)[0] == WRONG


# ---- what waited goes on by itself
def ask_again(clock: Clock) -> int:
    return jobs.ask_again(JobContext(MINASE, Claimant("worker-1", clock.now), 100))


def test_what_waited_for_a_list_is_judged_anew_when_one_is_laid_down(
    arrive: Arrive, work: Work, var_dir: Path, clock: Clock
) -> None:
    (var_dir / "trust" / "list-2.crl").unlink()
    identity = arrive(package(), 1)
    other = arrive(b"no package", 2)
    work()
    assert ask_again(clock) == 0
    assert work() == 0
    write_trust(var_dir / "trust")
    assert ask_again(clock) == 1
    assert ask_again(clock) == 0
    assert work() == 1
    assert record_of(identity)["outcome"]["state"] == "accepted"
    assert record_of(other)["outcome"]["state"] == "quarantined"
    with scope(MINASE):
        assert AuditEntry.objects.filter(action="package.requeued", object_id=str(identity)).count() == 1


def test_what_waits_waits_on_while_there_is_no_other_list(
    arrive: Arrive, work: Work, var_dir: Path, clock: Clock
) -> None:
    (var_dir / "trust" / "list-2.crl").unlink()
    identity = arrive(package(), 1)
    work()
    assert record_of(identity)["revocation"]["why"] == "no_list"
    jobs._ASKED.clear()  # as after a restart of the worker
    assert ask_again(clock) == 0
    assert work() == 0


def test_what_waited_is_judged_anew_when_somebody_chooses_another_checker(
    arrive: Arrive, work: Work, clock: Clock
) -> None:
    wanted = RevocationChoice(Checker.NOBODY, reason="試験", valid_from=clock.now)
    administrator = Actor(ActorKind.STAFF, "7")
    with scope(MINASE):
        trust_services.choose_checker(wanted, actor=administrator, at=clock.now)
    identity = arrive(package(), 1)
    work()
    assert record_of(identity)["revocation"]["why"] == "no_checker"
    assert ask_again(clock) == 0
    with scope(MINASE):
        again = RevocationChoice(Checker.WITHDRAWN, reason="試験を終える", valid_from=clock.now)
        trust_services.choose_checker(again, actor=administrator, at=clock.now)
    assert ask_again(clock) == 1
    work()
    assert record_of(identity)["outcome"]["state"] == "accepted"
