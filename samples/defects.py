"""Planted defects and oddities as departures from a sound package, each under the name of its kind."""

import re
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from . import attachments, photographs, zips
from .packages import APPLICATION, FOLDER, FORM, SIGNATURE, Application, Member, Spoiling

Entries = list[zips.Entry]
Members = list[Member]
_BILLION = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 8))
_BOMB_BYTES = 6_000_000


def _with_bytes(members: Members, name: str, old: bytes, new: bytes) -> Members:
    """Replace bytes inside one member; the manifest is made afterwards and agrees."""
    return [replace(m, content=m.content.replace(old, new, 1)) if m.name == name else m for m in members]


def _doctype(subset: str) -> Spoiling:
    root = b"<FocusFormSpecification"
    declaration = f"<!DOCTYPE FocusFormSpecification [{subset}]>\n".encode() + root
    return Spoiling(members=lambda members: _with_bytes(members, APPLICATION, root, declaration))


def _lying(members: Members) -> Members:
    """Leave the declaration at UTF-8 over Windows-31J bytes."""
    return [replace(m, content=m.content.decode().encode("cp932")) if m.name == FORM else m for m in members]


def _first(entries: Entries, **changes: object) -> Entries:
    return [replace(entries[0], **changes), *entries[1:]]  # type: ignore[arg-type]  # names of Entry's fields


def _rename(entries: Entries, name: bytes) -> Entries:
    return [*entries, zips.Entry(name, b"root:x:0:0\n")]


def _attach(name: str, content: bytes) -> Spoiling:
    def add(application: Application) -> Application:
        extra = attachments.Attachment(name, content)
        return replace(application, attachments=(*application.attachments, extra))

    return Spoiling(application=add)


def _named(names: Mapping[str, bytes]) -> Spoiling:
    """Store members under unflagged name bytes, as archivers on Japanese Windows do."""

    def change(entries: Entries) -> Entries:
        return [
            replace(e, name=names[e.name.decode()], flags=0) if e.name.decode() in names else e
            for e in entries
        ]

    return Spoiling(
        application=_attach("課税証明書.txt", "架空の証明書です。\r\n".encode()).application, entries=change
    )


def _wrong_hash(manifest: bytes) -> bytes:
    """Turn one hexadecimal digit of the first hash."""
    at = manifest.index(b'sha256="') + len(b'sha256="')
    digit = b"0" if manifest[at : at + 1] != b"0" else b"1"
    return manifest[:at] + digit + manifest[at + 1 :]


def _absent_file(manifest: bytes) -> bytes:
    line = b'<file name="Attachment/absent.pdf" size="100" sha256="' + b"0" * 64 + b'"/>\n'
    return manifest.replace(b"</manifest>", line + b"</manifest>")


def _unlisted_file(manifest: bytes) -> bytes:
    return re.sub(rb'<file name="sinsei_info.xml"[^>]*/>\n', b"", manifest)


def _bad_signature_value(entries: Entries) -> Entries:
    """Flip the last byte of the signature value."""
    return [
        replace(e, content=e.content[:-1] + bytes((e.content[-1] ^ 1,)))
        if e.name == SIGNATURE.encode()
        else e
        for e in entries
    ]


_TWICE_NAMED = Spoiling(entries=lambda entries: [*entries, replace(entries[0], name=entries[0].name.upper())])
_INNER = zips.archive([zips.entry("inner.txt", b"inner\n")])
_CERTIFICATE_NAME = f"{FOLDER}課税証明書.txt"

SPOILINGS: Mapping[str, Spoiling] = {
    "truncated": Spoiling(archive=lambda archive: archive[: len(archive) * 2 // 3]),
    "bad_crc": Spoiling(entries=lambda entries: _first(entries, claimed_crc=0xDEADBEEF)),
    "traversal": Spoiling(entries=lambda entries: _rename(entries, b"../../etc/passwd")),
    "symlink": Spoiling(entries=lambda entries: _first(entries, unix_mode=0o120777)),
    "encrypted": Spoiling(entries=lambda entries: _first(entries, flags=zips.ENCRYPTED)),
    "duplicate_names": _TWICE_NAMED,
    "nested": Spoiling(members=lambda members: [*members, Member("inner.zip", _INNER)]),
    "local_differs": Spoiling(entries=lambda entries: _first(entries, local_name=b"sinsei.xmk")),
    "prefixed": Spoiling(archive=lambda archive: b"%PDF-1.7\n" + archive),
    "not_a_zip": Spoiling(archive=lambda _: b"MZ" + b"\0" * 510),
    "empty_zip": Spoiling(archive=lambda _: zips.archive([])),
    "bomb": _attach("zero.txt", b"0" * _BOMB_BYTES),
    "doctype": _doctype('<!ENTITY outside SYSTEM "file:///etc/hostname">'),
    "billion_laughs": _doctype(f'<!ENTITY l0 "ha">{_BILLION}'),
    "lying_encoding": Spoiling(members=_lying),
    "not_well_formed": Spoiling(
        members=lambda m: _with_bytes(m, APPLICATION, b"</FormItems>", b"</FormItem>")
    ),
    "illegal_character": Spoiling(members=lambda m: _with_bytes(m, APPLICATION, b"<value>", b"<value>&#1;")),
    "manifest_hash": Spoiling(manifest=_wrong_hash),
    "manifest_absent_file": Spoiling(manifest=_absent_file),
    "manifest_unlisted_file": Spoiling(manifest=_unlisted_file),
    "no_manifest": Spoiling(manifest=lambda _: b""),
    "signed_other_content": Spoiling(signed=lambda manifest: manifest + b" "),
    "signature_value": Spoiling(entries=_bad_signature_value),
    "signature_missing": Spoiling(application=lambda application: replace(application, signer=None)),
    "unknown_procedure": Spoiling(application=lambda application: replace(application, procedure="P99")),
    "heic": _attach("IMG_0001.heic", photographs.heic(Random("heic"), 3000)),
    "xml_windows_31j": Spoiling(application=lambda application: replace(application, encoding="Windows-31J")),
    "names_cp932": _named({_CERTIFICATE_NAME: _CERTIFICATE_NAME.encode("cp932")}),
    "names_utf8_unflagged": _named({_CERTIFICATE_NAME: _CERTIFICATE_NAME.encode()}),
    "bare_signature": Spoiling(application=lambda application: replace(application, bare_signature=True)),
}
