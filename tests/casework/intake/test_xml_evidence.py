"""Evidence of a package with an XML signature: its value and the digests of whole files are computed anew elsewhere."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from samples import xml_packages
from samples.packages import Member
from samples.xml_packages import SIGNATURE, Placing
from samples.xmldsig import INCLUSIVE
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import MINASE, application, pdf
from tests.casework.intake.test_evidence import OPEN, VERIFIED, WRONG, Bundle, Case, site
from tests.casework.intake.test_xml_tools import by_xmlsec1, folder, packed
from tests.casework.intake.test_xml_tools import members as plain_members
from tests.support.clock import Clock
from todoke.casework.intake import queries
from todoke.casework.relay.models import Channel
from todoke.foundation.audit import services as sealer
from todoke.foundation.fence import scope

__all__ = ["folder", "site"]  # fixtures of the neighbours


def accepted(data: bytes, arrive: Arrive, work: Work, clock: Clock) -> Bundle:
    """The bundle of an accepted package under the layout for XML signatures."""
    with scope(MINASE):
        Channel.objects.update(layout="xml-signed-sample")
    identity = arrive(data)
    work()
    with scope(MINASE):
        sealer.seal(at=clock.now)
        bundle: Bundle = json.loads(
            json.dumps(queries.evidence_bundle(identity, is_whole=True, with_list=True))
        )
    assert json.loads(bundle["record"])["outcome"]["state"] == "accepted"
    return bundle


@pytest.fixture
def stored(arrive: Arrive, work: Work, clock: Clock, tmp_path: Path, site: Path) -> Case:
    data = xml_packages.pack(replace(application(), attachments=(pdf(),)), Placing.DETACHED)
    return Case(tmp_path, site, data, accepted(data, arrive, work, clock))


def test_evidence_of_an_xml_signature_verifies_where_there_is_no_todoke(stored: Case) -> None:
    code, said = stored.verify()
    assert code == VERIFIED, said
    assert "value of the XML signature" in said
    assert "reaches every member" in said


def test_the_record_names_no_file_that_the_signature_names(stored: Case) -> None:
    assert "statement" in stored.bundle["record"]
    assert pdf().name not in stored.bundle["record"]


@pytest.mark.parametrize("part", ["sha256", "algorithm", "value"])
def test_a_record_with_another_statement_does_not_verify(stored: Case, part: str) -> None:
    bundle = deepcopy(stored.bundle)
    record = json.loads(bundle["record"])
    record["signature"]["statement"][part] = "00" * 32
    bundle["record"] = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert stored.verify(bundle)[0] in {WRONG, OPEN}
    assert stored.verify(bundle)[0] == WRONG  # the hash of the record is sealed


def test_a_package_with_another_file_does_not_verify(stored: Case) -> None:
    other = xml_packages.pack(replace(application(), attachments=(pdf("b"),)), Placing.DETACHED)
    stored.package.write_bytes(other)
    assert stored.verify()[0] == WRONG


@pytest.mark.tool("xmlsec1")
def test_a_form_that_was_signed_in_canonical_form_is_left_open(
    arrive: Arrive, work: Work, clock: Clock, tmp_path: Path, site: Path, folder: Path
) -> None:
    data = packed(*plain_members(), Member(SIGNATURE, by_xmlsec1(folder, steps=INCLUSIVE)))
    code, said = Case(tmp_path, site, data, accepted(data, arrive, work, clock)).verify()
    assert code == OPEN, said
    assert "2 canonical parts" in said


@pytest.mark.tool("xmlsec1")
@pytest.mark.parametrize("style", [{}, {"c14n": INCLUSIVE}])
def test_what_xmlsec1_signed_verifies_in_both_ways_of_writing(
    arrive: Arrive, work: Work, clock: Clock, tmp_path: Path, site: Path, folder: Path, style: dict[str, str]
) -> None:
    data = packed(*plain_members(), Member(SIGNATURE, by_xmlsec1(folder, **style)))  # type: ignore[arg-type]  # by name
    code, said = Case(tmp_path, site, data, accepted(data, arrive, work, clock)).verify()
    assert code == VERIFIED, said
