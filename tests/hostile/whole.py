"""Rows of the catalogue as whole packages: what arrives, what becomes of the package, and what is said of it.

What bytes alone decide (`containers`, `documents`, `signatures`) is put into a package that is sound apart from it,
so that the whole system has to answer as the pure verification does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from samples import packages as sample_packages
from samples.defects import SPOILINGS
from samples.packages import APPLICATION, MANIFEST, Member, Spoiling
from tests.casework.intake.packages import HIYORI, MINASE, application, package
from tests.hostile import containers, documents
from tests.hostile.rows import OPENED, Row
from tests.proof import zips
from tests.proof.zips import Part
from todoke.casework.relay.values import PackageState

ACCEPTED, QUARANTINED, PENDING = PackageState.ACCEPTED, PackageState.QUARANTINED, PackageState.PENDING
UNSIGNED = "P02"


@dataclass(frozen=True, slots=True)
class Whole:
    """A package to receive: its state afterwards, the code that decides it, and what else must be found in it."""

    number: str
    condition: str
    build: Callable[[], bytes]
    state: PackageState
    code: str = ""
    found: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"


def parts(procedure: str = UNSIGNED) -> list[Part]:
    """The entries of a sound package, to be packed with a twist."""
    wanted = application(procedure, signed=False)
    members = sample_packages.members_of(wanted)
    manifest = Member(MANIFEST, sample_packages.manifest_of(members))
    return [Part(one.name.encode(), one.content) for one in (*members, manifest)]


def with_part(part: Part) -> bytes:
    """A sound package that carries one entry more, which its manifest lists."""
    name, content = _decoded(part.name), part.content
    wanted = application(UNSIGNED, signed=False)
    members = [*sample_packages.members_of(wanted), Member(name, content)]
    manifest = Member(MANIFEST, sample_packages.manifest_of(members))
    sound = [Part(one.name.encode(), one.content) for one in (*members[:-1], manifest)]
    return zips.build([*sound, part])


def _decoded(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp932")


def with_document(content: bytes) -> bytes:
    """A package, sound but for its 申請情報, which is this document; stored, so that its size alone is judged."""
    name = APPLICATION.encode()
    members = [
        Member(part.name.decode(), content if part.name == name else part.content) for part in parts()[:-1]
    ]
    manifest = Part(MANIFEST.encode(), sample_packages.manifest_of(members))
    return zips.build([*(Part(one.name.encode(), one.content, zips.STORED) for one in members), manifest])


def with_form(change: Callable[[bytes], bytes], procedure: str = UNSIGNED) -> bytes:
    """A package whose 申請情報 is a sound one, changed."""

    def swap(members: list[Member]) -> list[Member]:
        return [
            replace(one, content=change(one.content)) if one.name == APPLICATION else one for one in members
        ]

    return package(procedure, spoiling=Spoiling(members=swap))


def _attached(name: bytes, **more: int) -> Callable[[], bytes]:
    return partial(with_part, Part(b"Attachment/" + name, b"x" * 40, **more))  # type: ignore[arg-type]  # numbers by name


NAMES = (
    Whole("Z17", "a cp932 name without flag", _attached("申請書.txt".encode("cp932")), ACCEPTED),
    Whole("Z17", "cp932 with a backslash as second byte", _attached("表示.txt".encode("cp932")), ACCEPTED),
    Whole("Z18", "a UTF-8 name without flag", _attached("申請書.txt".encode()), ACCEPTED),
    Whole("Z23", "a component of 255 bytes", _attached(b"x" * 251 + b".txt"), ACCEPTED),
    Whole("Z24", "a reserved name", _attached(b"CON.txt"), ACCEPTED),
    Whole("Z24", "a final dot", _attached(b"a."), ACCEPTED, found="ATT-606"),
    Whole("Z24", "a final blank", _attached(b"a.txt "), ACCEPTED, found="ATT-606"),
    Whole("Z30", "a correct data descriptor", _attached(b"a.txt", flags=8), ACCEPTED),
)
"""Names that are merely unusual: the application is accepted and the name is a label."""


def _container(row: Row) -> Whole:
    return Whole(row.number, row.condition, row.build, QUARANTINED, row.expected)


def _document(row: Row) -> Whole:
    """Also a document that is sound XML is none of ours: the form decides, never the parser's mood."""
    expected = row.expected if row.expected != OPENED else "XML-210"
    return Whole(row.number, row.condition, lambda: with_document(row.build()), QUARANTINED, expected)


def _spoiled(name: str, procedure: str = UNSIGNED) -> Callable[[], bytes]:
    return lambda: package(procedure, spoiling=SPOILINGS[name])


def _replaced(old: str, new: str) -> Callable[[], bytes]:
    """A form in which one thing is another; the manifest agrees."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return lambda: with_form(change)


def _without(code: str) -> Callable[[], bytes]:
    """A form without the item of a std-code."""
    item = re.compile(rf'<FormItem [^>]*std-code="{code}".*?</FormItem>'.encode(), re.DOTALL)
    return lambda: with_form(lambda content: item.subn(b"", content)[0])


MANIFESTS = (
    Whole("Z40", "a listed file that is missing", _spoiled("manifest_absent_file"), QUARANTINED, "PKG-120"),
    Whole("Z40", "a file that is not listed", _spoiled("manifest_unlisted_file"), QUARANTINED, "PKG-120"),
    Whole("Z40", "no manifest", _spoiled("no_manifest"), QUARANTINED, "PKG-120"),
    Whole("Z41", "a hash that is wrong", _spoiled("manifest_hash"), QUARANTINED, "PKG-121"),
)
FORMS = (
    Whole("X11", "a required item that is missing", _without("TDK-APPLIED-AT"), QUARANTINED, "XML-210"),
    Whole("X11", "a time that is none", _replaced("+09:00</value>", "+9</value>"), QUARANTINED, "XML-210"),
    Whole("X11", "another root", _replaced("FocusFormSpecification", "Specification"), QUARANTINED, "XML-210"),
    Whole(
        "X12", "another namespace",
        lambda: with_form(lambda content: content.replace(
            b"<FocusFormSpecification", b'<FocusFormSpecification xmlns="urn:todoke:sample:form:0"', 1)),
        QUARANTINED, "XML-211",
    ),
    Whole("X13", "a procedure that nobody knows", _spoiled("unknown_procedure"), QUARANTINED, "XML-212"),
    Whole("X23", "a comment inside a value", _replaced(MINASE, f"{MINASE[:3]}<!-- -->{MINASE[3:]}"), ACCEPTED),
    Whole("S14", "addressed to another body", lambda: package(UNSIGNED, organisation=HIYORI), QUARANTINED, "SEQ-504"),
)  # fmt: skip
SIGNED = (
    Whole("C01", "a changed signature value", _spoiled("signature_value", "P32"), QUARANTINED, "SIG-301"),
    Whole("C02", "no signature", _spoiled("signature_missing", "P32"), QUARANTINED, "SIG-302"),
    Whole("C04", "over another content", _spoiled("signed_other_content", "P32"), QUARANTINED, "SIG-301"),
)


def rows() -> list[Whole]:
    """Every row that is a package."""
    hostile = (*containers.ROWS, *containers.NESTED)
    return [
        *(_container(row) for row in hostile if row.expected != OPENED),
        *NAMES,
        *(_document(row) for row in documents.ROWS),
        *MANIFESTS,
        *FORMS,
        *SIGNED,
    ]
