"""A package that none of our code has made: certificates and signature by openssl, the archive by zip."""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.casework.intake.packages import MINASE, needs_signature, profile
from tests.support import programs
from todoke.casework.intake import queries, services
from todoke.casework.intake.values import Circumstances, SignatureState, Verdict
from todoke.casework.relay.values import PackageState

pytestmark = [pytest.mark.tool("openssl"), pytest.mark.tool("zip")]

CA = """
[req]
distinguished_name = name
prompt = no
x509_extensions = ca
[name]
C = JP
O = TSUMUGI TEST
CN = Own test CA
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[person]
keyUsage = critical, digitalSignature, nonRepudiation
authorityKeyIdentifier = keyid
[login]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
"""
APPLICANT = """<?xml version="1.0" encoding="UTF-8"?>
<Data form-subject="申請者情報入力"><FormItems>
<FormItem id="Sub_nameKanji" required="yes"><Subject>氏名</Subject><Fragments>
<Fragment id="nameKanji" required="yes" type="text"><Label>氏名</Label><value>架空　花子</value></Fragment>
</Fragments></FormItem></FormItems></Data>
"""
ITEM = (
    '<FormItem id="{0}" std-code="{0}"><Subject display-subject="{0}"/><Fragments>'
    '<Fragment id="{0}_1"><value>{1}</value></Fragment></Fragments></FormItem>'
)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a CA and a signer, made by the openssl command line."""

    folder: Path
    at: datetime

    def run(self, *words: str) -> None:
        """Run a program in the folder; it must succeed."""
        program = programs.require(words[0])
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        subprocess.run(
            [program, *words[1:]], cwd=self.folder, check=True, capture_output=True, env=environment
        )

    def write(self, name: str, text: str) -> None:
        """Write a file of the package."""
        path = self.folder / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def issue(self, name: str, use: str) -> None:
        """Make a key and a certificate for it."""
        self.run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
                 "-out", f"{name}.csr", "-subj", "/C=JP/CN=Invented person")  # fmt: skip
        self.run("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "trust/ca.pem", "-CAkey", "ca.key",
                 "-set_serial", "0x067C6A21", "-days", "365", "-sha256", "-extfile", "ca.conf",
                 "-extensions", use, "-out", f"{name}.pem")  # fmt: skip

    def fill(self) -> None:
        """Write the members and the manifest over them."""
        applied = self.at.isoformat(timespec="seconds")
        items = "".join(
            ITEM.format(code, value) for code, value in (("TDK-LG-CODE", MINASE), ("TDK-APPLIED-AT", applied))
        )
        self.write("sinsei.xml", APPLICANT)
        self.write(
            "sinsei_info.xml",
            f'<FocusFormSpecification form-subject="転出届" id="P32"><FormItems>{items}</FormItems></FocusFormSpecification>',
        )
        self.write("Attachment/memo.txt", "架空の添付です。\n")
        self.write("manifest.xml", self._manifest())

    def _manifest(self) -> str:
        lines = []
        for name in ("sinsei.xml", "sinsei_info.xml", "Attachment/memo.txt"):
            content = (self.folder / "package" / name).read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            lines.append(f'<file name="{name}" size="{len(content)}" sha256="{digest}"/>')
        return f'<manifest xmlns="urn:todoke:sample:manifest:1">{"".join(lines)}</manifest>'

    def sign(self, name: str, *options: str) -> None:
        """Sign the manifest as detached CMS in DER."""
        self.run("openssl", "cms", "-sign", "-binary", "-in", "package/manifest.xml", "-signer", f"{name}.pem",
                 "-inkey", f"{name}.key", "-outform", "DER", "-out", "package/signature.p7s", "-md", "sha256",
                 *options)  # fmt: skip

    def pack(self, *options: str) -> bytes:
        """Pack the folder with zip, directory entries included."""
        out = self.folder / "package.zip"
        out.unlink(missing_ok=True)
        program = programs.require("zip")
        words = [program, "-q", "-r", *options, str(out), "."]
        subprocess.run(words, cwd=self.folder / "package", check=True, capture_output=True)
        return out.read_bytes()

    def check(self, data: bytes, *, is_list_required: bool = False) -> Verdict:
        """Judge the package by this workshop's own CA."""
        trust = queries.load_trust(self.folder / "trust", is_list_required=is_list_required)
        circumstances = Circumstances(MINASE, self.at, needs_signature, self.at)
        return services.check_package(data, profile=profile(), trust=trust, circumstances=circumstances)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    workshop = Workshop(tmp_path_factory.mktemp("openssl"), datetime.now(UTC) + timedelta(minutes=1))
    (workshop.folder / "trust").mkdir()
    (workshop.folder / "ca.conf").write_text(CA)
    workshop.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-sha256",
                 "-config", "ca.conf", "-keyout", "ca.key", "-out", "trust/ca.pem")  # fmt: skip
    workshop.issue("person", "person")
    workshop.issue("login", "login")
    workshop.fill()
    return workshop


def test_a_package_by_openssl_and_zip_is_accepted(made: Workshop) -> None:
    made.sign("person")
    verdict = made.check(made.pack())
    assert (verdict.state, verdict.signature.state) == (PackageState.ACCEPTED, SignatureState.VALID)
    assert verdict.signature.signer_serial == "67c6a21"
    assert [one.code for one in verdict.findings] == ["REV-330"]
    assert verdict.form is not None
    assert verdict.form.applicant.name == "架空　花子"


@pytest.mark.parametrize("options", [("-noattr",), ("-nosmimecap",), ("-keyid",), ("-cades",)])
def test_every_form_of_detached_signature_that_openssl_makes_is_accepted(
    made: Workshop, options: tuple[str, ...]
) -> None:
    made.sign("person", *options)
    assert made.check(made.pack()).signature.state is SignatureState.VALID


@pytest.mark.parametrize("options", [("-0",), ("-9",), ("-D",), ("-X",)])
def test_every_way_of_packing_is_accepted(made: Workshop, options: tuple[str, ...]) -> None:
    made.sign("person")
    assert made.check(made.pack(*options)).state is PackageState.ACCEPTED


def test_a_certificate_for_logging_in_does_not_sign(made: Workshop) -> None:
    """C08"""
    made.sign("login")
    assert made.check(made.pack()).code == "CRT-311"


def test_a_required_list_that_is_missing_holds_the_package(made: Workshop) -> None:
    made.sign("person")
    assert made.check(made.pack(), is_list_required=True).code == "REV-331"


def test_a_zip_with_a_password_is_refused(made: Workshop) -> None:
    made.sign("person")
    assert made.check(made.pack("-P", "secret")).code == "PKG-114"


def test_each_flipped_byte_is_noticed_or_changes_nothing(made: Workshop) -> None:
    made.sign("person")
    data = made.pack()
    sound = services.verdict_document(made.check(data))
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << (position % 8)
        verdict = made.check(bytes(changed))
        is_refused = verdict.state is PackageState.QUARANTINED and bool(verdict.findings)
        assert is_refused or services.verdict_document(verdict) == sound, position
