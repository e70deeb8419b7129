#!/usr/bin/env python3
# long: one file that can be carried to another machine and read in one sitting; it shares nothing with the product.
"""Verify evidence of Todoke（検証の記録）with Python's standard library and `cryptography` alone.

    python3 evidence_verify.py BUNDLE.json [PACKAGE.zip] [LIST.crl] [--anchor CA.pem …] [--seal-key seal.pub]

BUNDLE is written by `todoke package check --evidence` or `todoke package evidence`. With the package its digests and
its signature (CMS, XML) are computed anew; with the list its signature, period and entry. --anchor and --seal-key say whom
you trust; without them the bundle's own are used and their fingerprints are printed, for you to compare.

終了コード / exit: 0 すべて確かめた all verified · 1 合わない something does not hold · 2 使い方 usage ·
3 合わないものはないが、確かめられないものがある nothing is wrong, but not everything could be checked.
Sources: RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), RFC 5280 (certificates, lists), RFC 8032 (Ed25519).
"""

import argparse
import base64
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # noqa: S405  # only for markup without DOCTYPE, already judged by the product

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Row = dict[str, Any]
Authority = x509.Certificate | None
Revoked = x509.CertificateRevocationList
SLACK = timedelta(minutes=5)
LARGEST_KEPT = 64_000_000  # forms, manifest and signature; attachments pass through in pieces
HASHES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "608648016503040201": ("sha256", hashes.SHA256()),
    "608648016503040202": ("sha384", hashes.SHA384()),
    "608648016503040203": ("sha512", hashes.SHA512()),
}
RSA_KEY, RSA_PSS = "2a864886f70d010101", "2a864886f70d01010a"
SIGNATURES = {
    "2a864886f70d01010b": "sha256", "2a864886f70d01010c": "sha384", "2a864886f70d01010d": "sha512",
    "2a8648ce3d040302": "sha256", "2a8648ce3d040303": "sha384", "2a8648ce3d040304": "sha512",
}  # fmt: skip
SIGNED_DATA, DATA = "2a864886f70d010702", "2a864886f70d010701"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE = (
    "2a864886f70d010903", "2a864886f70d010904", "2a864886f70d010905", "2a864886f70d010910022f",
)  # fmt: skip

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SIGNED_PROPERTIES = (
    "http://uri.etsi.org/01903#SignedProperties"  # about the signature, not of the application
)
SIGNED_INFO = re.compile(r"<(?:([^\s<>/:]+):)?SignedInfo[\s>].*?</(?:\1:)?SignedInfo\s*>", re.DOTALL)


class Wrong(Exception):
    """Something does not hold; the text says what."""


class Report:
    """What was looked at, line by line, in Japanese and English."""

    def __init__(self) -> None:
        self.wrong = self.open = 0

    def good(self, ja: str, en: str) -> None:
        """It holds."""
        print(f"OK   {ja} / {en}")

    def bad(self, ja: str, en: str) -> None:
        """It does not hold."""
        self.wrong += 1
        print(f"NG   {ja} / {en}")

    def unknown(self, ja: str, en: str) -> None:
        """It could not be checked."""
        self.open += 1
        print(f"??   {ja} / {en}")

    def note(self, ja: str, en: str) -> None:
        """Something to know."""
        print(f"     {ja} / {en}")

    def check(self, is_so: bool, ja: str, en: str) -> bool:
        """Good or bad."""
        (self.good if is_so else self.bad)(ja, en)
        return is_so


# ---- DER, as far as CMS needs it
Node = tuple[int, bytes, bytes]  # tag, content, whole


def nodes(data: bytes) -> list[Node]:
    found, at = [], 0
    while at < len(data):
        if at + 2 > len(data):
            raise Wrong("DER")
        tag, length, start = data[at], data[at + 1], at + 2
        if length >= 0x80:
            width = length & 0x7F
            length, start = int.from_bytes(data[start : start + width], "big"), start + width
            if not 1 <= width <= 4 or length < 0x80:
                raise Wrong("DER")
        if tag & 0x1F == 0x1F or start + length > len(data):
            raise Wrong("DER")
        found.append((tag, data[start : start + length], data[at : start + length]))
        at = start + length
    return found


def inside(node: Node, tag: int) -> list[Node]:
    if node[0] != tag:
        raise Wrong("DER")
    return nodes(node[1])


def only(data: bytes) -> Node:
    found = nodes(data)
    if len(found) != 1:
        raise Wrong("DER")
    return found[0]


# ---- a detached CMS signature by one signer, over exactly these bytes
def verify_cms(signature: bytes, content: bytes) -> tuple[x509.Certificate, str | None]:
    """The signer's certificate and the claimed signing time (ISO); raises Wrong."""
    outer = inside(only(signature), 0x30)
    if outer[0][1].hex() != SIGNED_DATA or len(outer) != 2:
        raise Wrong("not signed data")
    fields = inside(inside(outer[1], 0xA0)[0], 0x30)
    encapsulated = inside(fields[2], 0x30)
    if encapsulated[0][1].hex() != DATA or len(encapsulated) != 1:
        raise Wrong("not detached")
    carried = [one for field in fields if field[0] == 0xA0 for one in nodes(field[1]) if one[0] == 0x30]
    infos = inside(fields[-1], 0x31)
    if len(infos) != 1:
        raise Wrong("more than one signer")
    certificates = [x509.load_der_x509_certificate(one[2]) for one in carried]
    return _verify_signer(inside(infos[0], 0x30), certificates, content)


def _verify_signer(
    info: list[Node], certificates: list[x509.Certificate], content: bytes
) -> tuple[x509.Certificate, str | None]:
    _, who, digest_id, *rest = info
    attributes = rest.pop(0) if rest[0][0] == 0xA0 else None
    scheme, value = inside(rest[0], 0x30), rest[1][1]
    certificate = _named(who, certificates)
    name, algorithm = _hash(inside(digest_id, 0x30)[0][1].hex())
    message, signing_time = content, None
    if attributes is not None:
        message = bytes((0x31,)) + attributes[2][1:]
        signing_time = _check_attributes(attributes, hashlib.new(name, content).digest(), certificate)
    stated = SIGNATURES.get(scheme[0][1].hex(), name)
    if stated != name:
        raise Wrong("two hash functions")
    _verify_value(certificate.public_key(), scheme, algorithm, value, message)
    return certificate, signing_time


def _named(who: Node, certificates: list[x509.Certificate]) -> x509.Certificate:
    found = []
    for one in certificates:
        if who[0] == 0x80:
            key = one.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
            found += [one] if key == who[1] else []
        else:
            issuer, serial = inside(who, 0x30)
            is_it = one.issuer.public_bytes() == issuer[2] and one.serial_number == int.from_bytes(
                serial[1], "big"
            )
            found += [one] if is_it else []
    if len({one.public_bytes(Encoding.DER) for one in found}) != 1:
        raise Wrong("the signer's certificate is not there")
    return found[0]


def _hash(identifier: str) -> tuple[str, hashes.HashAlgorithm]:
    if identifier not in HASHES:
        raise Wrong("hash function")
    return HASHES[identifier]


def _check_attributes(attributes: Node, digest: bytes, certificate: x509.Certificate) -> str | None:
    values: dict[str, bytes] = {}
    for attribute in nodes(attributes[1]):
        kind, held = inside(attribute, 0x30)
        if kind[1].hex() in values:
            raise Wrong("an attribute twice")
        values[kind[1].hex()] = held[1]
    if only(values.get(CONTENT_TYPE, b""))[1].hex() != DATA:
        raise Wrong("content type")
    if only(values.get(MESSAGE_DIGEST, b""))[1] != digest:
        raise Wrong("the signed digest is another")
    if SIGNING_CERTIFICATE in values:
        _check_signing_certificate(values[SIGNING_CERTIFICATE], certificate)
    if SIGNING_TIME not in values:
        return None
    tag, text, _ = only(values[SIGNING_TIME])
    years = "%y" if tag == 0x17 else "%Y"
    return datetime.strptime(text.decode(), f"{years}%m%d%H%M%SZ").replace(tzinfo=UTC).isoformat()


def _check_signing_certificate(value: bytes, certificate: x509.Certificate) -> None:
    first = inside(inside(inside(only(value), 0x30)[0], 0x30)[0], 0x30)
    name = _hash(inside(first[0], 0x30)[0][1].hex())[0] if first[0][0] == 0x30 else "sha256"
    stated = next(node[1] for node in first if node[0] == 0x04)
    if hashlib.new(name, certificate.public_bytes(Encoding.DER)).digest() != stated:
        raise Wrong("signing-certificate-v2 names another certificate")


def _verify_value(
    key: Any, scheme: list[Node], algorithm: hashes.HashAlgorithm, value: bytes, message: bytes
) -> None:
    kind = scheme[0][1].hex()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and kind.startswith("2a8648ce3d0403"):
            key.verify(value, message, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and kind == RSA_PSS:
            key.verify(value, message, _pss(scheme[1], algorithm), algorithm)
        elif isinstance(key, rsa.RSAPublicKey) and (kind == RSA_KEY or kind in SIGNATURES):
            key.verify(value, message, padding.PKCS1v15(), algorithm)
        else:
            raise Wrong("signature algorithm")
    except InvalidSignature:
        raise Wrong("the signature was not made with this key over these bytes") from None


def _pss(parameters: Node, algorithm: hashes.HashAlgorithm) -> padding.PSS:
    fields = {node[0]: node[1] for node in inside(parameters, 0x30)}
    for part in (0xA0, 0xA1):
        identifiers = inside(only(fields.get(part, b"")), 0x30)
        held = identifiers[0][1] if part == 0xA0 else inside(identifiers[1], 0x30)[0][1]
        if _hash(held.hex())[1].name != algorithm.name:
            raise Wrong("PSS parameters")
    salt = int.from_bytes(only(fields[0xA2])[1], "big") if 0xA2 in fields else 20
    return padding.PSS(padding.MGF1(algorithm), salt)


# ---- the parts of a bundle
def canonical(row: Any) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def check_record(bundle: Row, report: Report) -> Row:
    text = bundle["record"]
    record: Row = json.loads(text)
    report.check(sha256(text.encode()) == bundle["sha256"], "記録のハッシュ値", "hash of the record")
    report.check(canonical(record) == text.encode(), "記録の正規形", "canonical form of the record")
    outcome = record["outcome"]
    parts = (record["signature"], record["certificate"], record["revocation"])
    if outcome["signature"] == "valid":
        report.check(
            None not in parts, "有効とした署名の根拠がある", "a valid signature has its grounds in the record"
        )
    report.note(
        f"記録された結果: {outcome['state']} {outcome['code']} 署名 {outcome['signature']}",
        f"recorded by {record['software']}, layout {record['layout']['name']} {record['layout']['edition']}",
    )
    return record


def check_package(record: Row, path: Path | None, report: Report) -> dict[str, bytes]:
    """Compare the package with the record; returns the layout's own members."""
    if path is None:
        report.unknown(
            "申請データは渡されていない", "no package was given: digests and signature not checked"
        )
        return {}
    original = record["original"]
    with path.open("rb") as file:
        is_it = hashlib.file_digest(file, "sha256").hexdigest() == original["sha256"]
    is_it = is_it and path.stat().st_size == original["size"]
    if not report.check(is_it, "申請データ全体のハッシュ値と大きさ", "hash and size of the package"):
        return {}
    kept: dict[str, bytes] = {}
    try:  # opened only now that it is the very file that the product accepted to open
        with zipfile.ZipFile(path) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            members = record["members"]
            report.check(len(members) in (0, len(files)), "ファイルの数", "number of members")
            for member, entry in zip(members, files, strict=False):
                digest, content = _member(archive, entry, member)
                number = member["number"]
                is_it = digest == member["sha256"]
                report.check(is_it, f"ファイル{number}のハッシュ値", f"digest of member {number}")
                if "name" in member:
                    kept[member["name"]] = content
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error):
        is_refused = record["outcome"]["state"] == "quarantined"
        report.check(is_refused, "開けない（記録でも受理していない）", "does not open (nor was it accepted)")
    return kept


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: Row) -> tuple[str, bytes]:
    """Digest of a member, read in pieces and never beyond the recorded size; its bytes only where they are needed."""
    if entry.file_size != member["size"]:
        return "", b""
    digest, kept = hashlib.sha256(), bytearray()
    with archive.open(entry) as file:
        while piece := file.read(1 << 18):
            digest.update(piece)
            if "name" in member and len(kept) < LARGEST_KEPT:
                kept += piece
    return digest.hexdigest(), bytes(kept)


def check_signature(record: Row, bundle: Row, kept: dict[str, bytes], report: Report) -> bool:
    """Compute the signature anew; True when that was possible and it held."""
    signature, named = record["signature"], record["certificate"]
    if signature is None:
        report.note("署名は記録されていない", "no signature is recorded")
        return False
    if not kept:
        return False
    if signature["format"] != "cms-detached":
        return check_xml_signature(record, bundle, kept[signature["member"]], report)
    try:
        certificate, signing_time = verify_cms(kept[signature["member"]], kept[signature["covers"]])
    except (Wrong, KeyError, ValueError, IndexError) as why:
        report.bad(f"署名（CMS）: {why}", "CMS signature")
        return False
    report.good("署名（CMS）を計算し直した", "CMS signature computed anew")
    digest = sha256(certificate.public_bytes(Encoding.DER))
    report.check(digest == named["sha256"], "署名者の証明書", "the signer's certificate is the recorded one")
    is_same = (signing_time and moment(signing_time)) == (
        signature["signing_time"] and moment(signature["signing_time"])
    )
    report.check(is_same, "署名の日時の申告", "the signing time is the recorded one")
    _check_reach(record, kept[signature["covers"]], report)
    return True


def check_xml_signature(record: Row, bundle: Row, document: bytes, report: Report) -> bool:
    """The value over the canonical SignedInfo, and the digests in it that are of whole files."""
    statement = record["signature"]["statement"]
    octets = next((one for one in signed_infos(document) if sha256(one) == statement["sha256"]), None)
    if octets is None:
        report.unknown(
            "XML署名の SignedInfo をこの道具では正規化できない",
            "SignedInfo: canonical form not reproduced here",
        )
        return False
    certificate = x509.load_der_x509_certificate(
        base64.b64decode(bundle["certificates"][record["certificate"]["sha256"]], validate=True)
    )
    try:
        _verify_statement(certificate.public_key(), statement, octets)
    except (Wrong, ValueError) as why:
        report.bad(f"署名（XML）: {why}", "XML signature")
        return False
    report.good("署名（XML）の値を計算し直した", "value of the XML signature computed anew")
    _check_references(record, octets, report)
    return True


def signed_infos(document: bytes) -> list[bytes]:
    """The ways to write the SignedInfo canonically: exclusive, and with every namespace of its place."""
    text = _decoded(document)
    found = SIGNED_INFO.search(text)
    if found is None or "<!DOCTYPE" in text:
        return []
    spaces: dict[str, str] = {}
    events = ET.iterparse(io.StringIO(text), events=("start-ns", "end-ns", "start"))  # noqa: S314  # as above
    opened: list[str] = []
    for event, what in events:
        if event == "start-ns":
            opened.append(what[0])
            spaces[what[0]] = what[1]
        elif event == "end-ns":
            spaces.pop(opened.pop(), None)
        elif what.tag == f"{DS}SignedInfo":
            break
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri}"' for prefix, uri in sorted(spaces.items()) if uri
    )
    whole = ET.canonicalize(f"<around{declared}>{found[0]}</around>")
    inner = whole[whole.index(">") + 1 : whole.rindex("</")]
    start = re.match(r"<[^\s>]+", inner)
    rest = inner[inner.index(">") :]
    inclusive = f"{start[0] if start else ''}{declared}{rest}"
    return [inner.encode(), inclusive.encode()]


def _decoded(document: bytes) -> str:
    """Its characters, without the declaration; what is in another encoding than Unicode's finds no SignedInfo."""
    codec = "utf-16" if document[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return re.sub(r"\A<\?xml[^>]*\?>", "", document.decode(codec, "replace"))


def _verify_statement(key: Any, statement: Row, octets: bytes) -> None:
    algorithm, value = statement["algorithm"].rpartition("#")[2], bytes.fromhex(statement["value"])
    found = re.fullmatch(r"(rsa|ecdsa)-sha(256|384|512)|sha(256|384|512)-rsa-MGF1", algorithm)
    if found is None:
        raise Wrong("algorithm")
    function = {one[0]: one[1] for one in HASHES.values()}[f"sha{found[2] or found[3]}"]
    try:
        if isinstance(key, rsa.RSAPublicKey) and found[1] != "ecdsa":
            pss = padding.PSS(padding.MGF1(function), function.digest_size)
            key.verify(value, octets, padding.PKCS1v15() if found[1] else pss, function)
        elif isinstance(key, ec.EllipticCurvePublicKey) and found[1] == "ecdsa":
            half = len(value) // 2
            numbers = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
            key.verify(encode_dss_signature(*numbers), octets, ec.ECDSA(function))
        else:
            raise Wrong("key")
    except InvalidSignature:
        raise Wrong("the signature was not made with this key over these bytes") from None


def _check_references(record: Row, octets: bytes, report: Report) -> None:
    """Digests over whole files must be those of members; parts in canonical form are counted and left."""
    members = {one["sha256"] for one in record["members"] if one.get("name") != record["signature"]["member"]}
    signed, parts = set(), 0
    for one in ET.fromstring(octets).iter(f"{DS}Reference"):  # noqa: S314  # as above
        method = one.find(f"{DS}DigestMethod")
        is_whole = one.find(f"{DS}Transforms") is None and not one.get("URI", "#").startswith("#")
        if is_whole and method is not None and method.get("Algorithm", "").endswith("#sha256"):
            signed.add(base64.b64decode(one.findtext(f"{DS}DigestValue", "")).hex())
        elif one.get("Type") != SIGNED_PROPERTIES:
            parts += 1
    report.check(
        signed <= members, "署名にあるハッシュ値は、このファイルのもの", "signed digests are of these files"
    )
    if parts:
        report.unknown(
            f"正規化した部分 {parts} か所は計算し直していない",
            f"{parts} canonical parts were not computed anew",
        )
    if members <= signed:
        report.good("署名がすべてのファイルに及ぶ", "the signature reaches every member")
    else:
        report.unknown(
            "署名の及ぶ範囲は、レイアウトの約束による", "how far the signature reaches is said by the layout"
        )


def _check_reach(record: Row, signed: bytes, report: Report) -> None:
    """Every other member's digest stands in what was signed (the manifest), so the signature reaches all of them."""
    own = {record["signature"]["member"], record["signature"]["covers"]}
    others = [one["sha256"] for one in record["members"] if one.get("name") not in own]
    texts = [signed.lower(), signed.replace(b"\0", b"").lower()]  # the second reads UTF-16
    if all(any(one.encode() in text for text in texts) for one in others):
        report.good(
            "署名がすべてのファイルに及ぶ（目録のハッシュ値）",
            "the signature reaches every member by the manifest",
        )
    else:
        report.unknown(
            "署名の及ぶ範囲は、レイアウトの約束による", "how far the signature reaches is said by the layout"
        )


def check_chain(bundle: Row, record: Row, anchors: list[Path], report: Report) -> Authority:  # fmt: skip
    """Signatures and validity along the chain at the stated moment; returns the issuing authority."""
    named = record["certificate"]
    if named is None:
        return None
    held = {digest: base64.b64decode(text, validate=True) for digest, text in bundle["certificates"].items()}
    wanted = [named["sha256"], *named.get("chain", ())]
    if not report.check(
        all(one in held and sha256(held[one]) == one for one in wanted),
        "証明書のハッシュ値",
        "certificates by hash",
    ):
        return None
    path = [x509.load_der_x509_certificate(held[one]) for one in wanted]
    if len(path) == 1:
        report.note("証明書は信頼できる認証局につながらなかった（記録どおり）", "no chain is recorded")
        return None
    _check_links(path, named, report)
    _check_moment(path, record["times"]["judged_as_of"], report)
    _check_anchor(path[-1], anchors, report)
    return path[1]


def _check_links(path: list[x509.Certificate], named: Row, report: Report) -> None:
    for below, above in pairwise(path):
        try:
            below.verify_directly_issued_by(above)
            is_authority = above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
            report.check(is_authority, "認証局の署名", "signed by the authority above")
        except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
            report.bad("認証局の署名", "not signed by the authority above")
    signer = path[0]
    usage = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    report.check(usage.content_commitment, "鍵の用途（署名用）", "key usage: content commitment")
    report.check(f"{signer.serial_number:x}" == named["serial"], "発行番号", "serial number")
    report.check(_key_id(path[1]) == named["issuer_key"], "発行者の鍵", "issuer key identifier")


def _key_id(authority: x509.Certificate) -> str:
    try:
        return authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(authority.public_key()).digest.hex()


def _check_moment(path: list[x509.Certificate], as_of: str, report: Report) -> None:
    at = moment(as_of)
    is_valid = all(one.not_valid_before_utc - SLACK <= at <= one.not_valid_after_utc for one in path)
    report.check(is_valid, f"有効期間（{as_of} 時点）", "validity at the stated moment")


def _check_anchor(top: x509.Certificate, anchors: list[Path], report: Report) -> None:
    print_ = top.fingerprint(hashes.SHA256()).hex()
    if not anchors:
        report.note(f"信頼の起点 SHA-256 {print_}", "compare this anchor with the published fingerprint")
        return
    known = {one.fingerprint(hashes.SHA256()).hex() for file in anchors for one in _certificates(file)}
    report.check(print_ in known, "信頼の起点は渡された認証局", "the anchor is one of those given")


def _certificates(file: Path) -> list[x509.Certificate]:
    content = file.read_bytes()
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def check_revocation(record: Row, content: bytes | None, issuer: Authority, report: Report) -> None:  # fmt: skip
    """The recorded answer beside the list; and that an accepted package has an answer at all."""
    found = record["revocation"]
    if found is None:
        return
    report.note(
        f"失効の確かめ方: {found['checker']}、選んだ職員 {(found['choice'] or {}).get('by', '（選択なし＝設置時の既定）')}",
        f"answered by {found['answered_by']}: {found['standing']} {found['reason']} {found['why']}",
    )
    if record["outcome"]["signature"] == "valid":
        is_noted = found["checker"] == "list_if_present" and found["why"] == "no_list"
        is_good = found["standing"] == "good" or is_noted
        report.check(is_good, "有効とした署名に、失効の答えがある", "a valid signature rests on an answer")
    if found["answered_by"] == "channel":
        report.unknown(
            f"失効は受付経路の検証結果による（{found['channel']['checked_by']}、{found['channel']['checked_at']}）",
            "revocation rests on the channel's word; it cannot be computed anew",
        )
    if found["list"] is None:
        return
    if content is None:
        report.unknown(
            f"失効リストは渡されていない（SHA-256 {found['list']['sha256']}）", "no list was given"
        )
        return
    _check_list(found, record, content, issuer, report)


def _check_list(found: Row, record: Row, content: bytes, issuer: Authority, report: Report) -> None:  # fmt: skip
    listed = found["list"]
    if b"-----BEGIN" in content[:100]:
        content = x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)
    if not report.check(
        sha256(content) == listed["sha256"], "失効リストは記録のもの", "the list is the recorded one"
    ):
        return
    revoked = x509.load_der_x509_crl(content)
    if issuer is not None:
        key: Any = issuer.public_key()
        report.check(revoked.is_signature_valid(key), "失効リストの署名", "signature of the list")
    period = (revoked.last_update_utc, revoked.next_update_utc)
    is_same = period == (moment(listed["this_update"]), moment(listed["next_update"]))
    report.check(is_same, "失効リストの発行と次回更新", "period of the list")
    if found["answered_by"] != "list":
        return
    judged_at = moment(record["times"]["judged_at"])
    is_fresh = period[0] <= judged_at + SLACK and (period[1] is None or judged_at <= period[1])
    if found["standing"] == "good":
        report.check(is_fresh, "判定のとき有効な失効リスト", "the list was in force when it was used")
    _check_entry(found, record, revoked, report)


def _check_entry(found: Row, record: Row, revoked: Revoked, report: Report) -> None:  # fmt: skip
    entry = revoked.get_revoked_certificate_by_serial_number(int(record["certificate"]["serial"], 16))
    at = moment(record["times"]["judged_as_of"])
    is_revoked = entry is not None and entry.revocation_date_utc <= at
    report.check(
        is_revoked == (found["standing"] == "revoked"), "失効リストの記載と結果", "entry and answer agree"
    )
    since = entry.revocation_date_utc if entry is not None else None
    is_same = since == (moment(found["since"]) if found["since"] else None)
    report.check(is_same, "失効の日時", "date of revocation")


def check_audit(bundle: Row, seal_key: Path | None, report: Report) -> None:
    """The audit entry that holds the record's hash, the chain from it to the seal, and the seal."""
    audit = bundle["audit"]
    if audit is None:
        report.unknown(
            "監査証跡の記載は含まれていない",
            "no audit entry in the bundle: the time rests on the record alone",
        )
        return
    entries = audit["entries"]
    facts = json.loads(entries[0]["facts"])
    is_named = facts.get("evidence") == bundle["sha256"]
    report.check(
        is_named, "監査証跡が、この記録のハッシュ値を持つ", "the audit entry holds the hash of this record"
    )
    seal = audit["seal"]
    if seal is None:
        report.unknown("まだ封印されていない", "not sealed yet")
        return
    _check_seal(seal, audit["key"], seal_key, report)
    if len(entries) != seal["last_sequence"] - audit["sequence"] + 1:
        report.unknown(
            "封印までの連鎖は含まれていない（管理者の `todoke package evidence` で書き出すと含まれる）",
            "the chain up to the seal is not in the bundle",
        )
        return
    head = audit["previous"]
    for row in entries:
        head = hashlib.sha256(head.encode() + b"\n" + canonical(row)).hexdigest()
    report.check(head == seal["head"], "監査証跡の連鎖は封印に至る", "the chain leads to the seal")


def _check_seal(seal: Row, stated: str | None, seal_key: Path | None, report: Report) -> None:
    text = seal_key.read_text().strip() if seal_key else stated
    if text is None:
        report.unknown("封印の公開鍵がない", "no public key of the seal")
        return
    body = {name: seal[name] for name in ("organisation", "last_sequence", "head", "sealed_at")}
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
        key.verify(bytes.fromhex(seal["signature"]), canonical(body))
        report.good(f"封印の署名（{seal['sealed_at']}）", "signature of the seal")
    except (InvalidSignature, ValueError):
        report.bad("封印の署名", "signature of the seal")
        return
    if not seal_key:
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        report.note(f"封印の公開鍵 {raw}", "compare with seal.pub of the installation")


def verify(args: argparse.Namespace, report: Report) -> None:
    bundle = json.loads(args.bundle.read_text(encoding="utf-8"))
    if bundle.get("bundle") != "todoke-evidence-bundle/1":
        raise Wrong("not a bundle of this format")
    record = check_record(bundle, report)
    kept = check_package(record, args.package, report)
    check_signature(record, bundle, kept, report)
    issuer = check_chain(bundle, record, args.anchor, report)
    content = args.list.read_bytes() if args.list else None
    if content is None and bundle["list"] is not None:
        content = base64.b64decode(bundle["list"], validate=True)
    check_revocation(record, content, issuer, report)
    check_audit(bundle, args.seal_key, report)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("package", type=Path, nargs="?")
    parser.add_argument("list", type=Path, nargs="?", help="the revocation list (DER or PEM)")
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="a CA certificate you trust")
    parser.add_argument("--seal-key", type=Path, help="the installation's public key (hex)")
    args = parser.parse_args()
    for path in (args.bundle, args.package, args.list, args.seal_key, *args.anchor):
        if path is not None and not path.is_file():
            parser.error(f"{path}: no such file")
    report = Report()
    try:
        verify(args, report)
    except (
        Wrong,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as why:
        report.bad(f"証拠の形が正しくない（{type(why).__name__}）", "the evidence is malformed")
    if report.wrong:
        print(f"結果: 合わないものが{report.wrong}件 / RESULT: {report.wrong} do not hold")
        return 1
    if report.open:
        print(
            f"結果: 合わないものはない。確かめられないもの{report.open}件 / RESULT: nothing wrong, {report.open} open"
        )
        return 3
    print("結果: すべて確かめた / RESULT: all verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
