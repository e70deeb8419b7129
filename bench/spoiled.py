"""Packages that must be refused: should the product get faster by checking less, the run fails instead."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from samples import zips
from todoke.casework.relay.models import Package
from todoke.foundation.fence import scope
from todoke.foundation.procedures.queries import catalogue

from .intake import ChecksDropped, Product, open_until_drained, receive
from .packages import TOWN, Bundle, Listed, TakenApart, take_apart


@dataclass(frozen=True, slots=True)
class Spoiled:
    """One spoiled package and the code it must be quarantined with."""

    content: bytes
    code: str


def refuse_all(bundle: Bundle, work: Path) -> int:
    """Let the product judge spoiled packages; returns how many. Raises ChecksDropped when one slips through."""
    folder = work / "spoiled"
    folder.mkdir(exist_ok=True)
    spoiled = list(_spoiled(_sound(bundle)))
    product = Product(bundle, work, signed=0)
    listed = []
    for number, one in enumerate(spoiled, start=1):
        path = folder / f"{number:015d}.zip"
        path.write_bytes(one.content)
        listed.append(Listed(path, path.stem, bundle.listed[0].received_at, ""))
    channel = product.set_up()
    receive(channel, listed)
    open_until_drained()
    with scope(TOWN, read_only=True):
        codes = dict(Package.objects.values_list("receipt_number", "code"))
    product.tear_down()
    wanted = {place.receipt_number: one.code for place, one in zip(listed, spoiled, strict=True)}
    if codes != wanted:
        raise ChecksDropped(f"不正な申請データの判定 {codes}、正しくは {wanted}")
    return len(spoiled)


def _sound(bundle: Bundle) -> TakenApart:
    """A package whose procedure needs a signature, with a signature and an attachment."""
    needed = {code for code, one in catalogue().items() if one.needs_signature}
    for listed, one in zip(bundle.listed, take_apart(bundle), strict=True):
        has_attachment = any(member.name.startswith("Attachment/") for member in one.members)
        if one.signature is not None and has_attachment and listed.procedure in needed:
            return one
    raise ValueError("署名と添付のある申請データが見本にありません。")


def _spoiled(sound: TakenApart) -> Iterator[Spoiled]:
    yield Spoiled(sound.raw[:-1], "PKG-105")  # cut off
    yield Spoiled(sound.raw[:30] + b"S" + sound.raw[31:], "PKG-115")  # a local header with another name
    contents = {one.name: plain for one, plain in zip(sound.members, sound.plain, strict=True)}
    name = next(one for one in contents if one.startswith("Attachment/"))
    yield Spoiled(_archive(contents, wrong_checksum=name), "PKG-105")
    yield Spoiled(_archive({**contents, name: contents[name] + b"\0"}), "PKG-121")
    yield Spoiled(_archive({**contents, "Attachment/extra.pdf": b"%PDF-1.4"}), "PKG-120")
    manifest = contents["manifest.xml"].replace(b"<file ", b"<file  ", 1)
    yield Spoiled(_archive({**contents, "manifest.xml": manifest}), "SIG-301")
    unsigned = {one: plain for one, plain in contents.items() if one != "signature.p7s"}
    yield Spoiled(_archive(unsigned), "SIG-302")


def _archive(contents: dict[str, bytes], *, wrong_checksum: str = "") -> bytes:
    entries = [zips.entry(name, content) for name, content in contents.items()]
    spoiled = wrong_checksum.encode()
    return zips.archive([replace(one, claimed_crc=1) if one.name == spoiled else one for one in entries])
