"""Groups X and C for XML signatures: documents whose signature is right somewhere, and that must not be believed.

The signed parts are those of `tests.proof.xmlsigs`; every row changes the document after the signing, or signs what
must not be signed. The wrappings are the classical ones (McIntosh and Austel 2005, Somorovsky et al. 2012).
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from samples.xmldsig import DS, ENVELOPED, EXCLUSIVE, INCLUSIVE, Style, Target, sign
from tests.hostile.rows import OPENED
from tests.proof import pki, xmlsigs
from tests.proof.xmlsigs import FORM
from todoke.proof.xmldsig import Form

OTHER = FORM.replace('<金額 単位="円">10<', '<金額 単位="円">90000<')
MEMBERS = {"sinsei.xml": FORM.encode(), "添付/収入.txt": "収入は百円".encode()}
BODY = '<本文 Id="honbun"><金額>10</金額></本文>'
OTHER_BODY = BODY.replace(">10<", ">90000<")
_FOREIGN_ID = 'xmlns:a="urn:a" a:id='
NAMELESS, OTHER_NAMELESS = (each.replace(' Id="honbun"', "") for each in (BODY, OTHER_BODY))
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"


@dataclass(frozen=True, slots=True)
class XmlRow:
    """A document with a signature in it; `read` is the text of the amount that may be read where it is accepted."""

    number: str
    condition: str
    form: Form
    build: Callable[[], bytes]
    expected: str
    read: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"


@cache
def good() -> bytes:
    """A form with its signature inside."""
    return xmlsigs.enveloped()


@cache
def around() -> bytes:
    """A form inside its signature."""
    return xmlsigs.enveloping()


@cache
def beside() -> str:
    """A signature over the 本文 that stands beside it in one document."""
    return _beside(BODY)


def _beside(body: str, *, uri: str = "#honbun", transforms: tuple[str, ...] = (EXCLUSIVE,)) -> str:
    signature = sign([Target(uri, body.encode(), transforms)], xmlsigs.signatory())
    return f"<封筒>{body}{signature}</封筒>"


def changed(document: Callable[[], bytes], *pairs: tuple[str, str]) -> Callable[[], bytes]:
    """The document with texts replaced; each must be there."""

    def make() -> bytes:
        text = document().decode()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        return text.encode()

    return make


def wrapped(change: Callable[[str, str, str], str]) -> Callable[[], bytes]:
    """A new document from the envelope's parts: the signed 本文, its signature, and an unsigned 本文."""

    def make() -> bytes:
        signature = beside().removeprefix(f"<封筒>{BODY}").removesuffix("</封筒>")
        return change(BODY, signature, OTHER_BODY).encode()

    return make


def signing(target: Target, style: Style = Style(), document: str = FORM) -> Callable[[], bytes]:  # noqa: B008
    """A form with a signature over a target that its signer should not have chosen."""

    def make() -> bytes:
        head, end = document.rsplit("</", 1)
        return f"{head}{sign([target], xmlsigs.signatory(), style)}</{end}".encode()

    return make


def flipped(part: str) -> Callable[[], bytes]:
    """One bit of the first character behind a mark in the signed form."""

    def make() -> bytes:
        content = bytearray(good())
        content[content.index(part.encode()) + len(part.encode())] ^= 1
        return bytes(content)

    return make


def _inside(old: str, new: str) -> Callable[[str, str, str], str]:
    return lambda body, signature, other: (
        f"<封筒>{other}{signature.replace(old, new.replace('本文', body), 1)}</封筒>"
    )


def _two_signatures() -> bytes:
    return good().replace(b"</Signature>", b"</Signature>" + sign_of(OTHER).encode(), 1)


def sign_of(form: str) -> str:
    """The markup of a signature over another whole form."""
    return sign([Target("", form.encode(), (ENVELOPED, EXCLUSIVE))], xmlsigs.signatory())


def _holding(form: str) -> str:
    """The signature of a form, with the form kept inside it."""
    return sign_of(form).replace("</Signature>", f"<Object>{form}</Object></Signature>")


def _nameless(form: str) -> str:
    return form.replace(' Id="申請-1"', "", 1)


def _in_envelope(markup: str) -> bytes:
    return f"<封筒>{markup}</封筒>".encode()


def _steps(*algorithms: str) -> Target:
    return Target("", FORM.encode(), algorithms)


def _style(**changes: object) -> Style:
    return replace(Style(), **changes)  # type: ignore[arg-type]  # by name


def _with_key_of(name: str) -> bytes:
    """The certificate exchanged for another person's, whose key did not sign."""
    start, stop = good().index(b"<X509Certificate>") + 17, good().index(b"</X509Certificate>")
    other = b64encode(pki.leaf(pki.authority(), name))
    return good()[:start] + other + good()[stop:]


_IN, _AROUND, _BESIDE = Form.ENVELOPED, Form.ENVELOPING, Form.DETACHED

WRAPPINGS = (
    XmlRow("X22", "the signed part kept in an Object and another in its place", _BESIDE,
           wrapped(_inside("</Signature>", "<Object>本文</Object></Signature>")), "SIG-301"),
    XmlRow("X22", "a second element with the same Id before the signed one", _BESIDE,
           wrapped(lambda body, signature, other: f"<封筒>{other}{body}{signature}</封筒>"), "SIG-301"),
    XmlRow("X22", "a second element with the same Id behind the signature", _BESIDE,
           wrapped(lambda body, signature, other: f"<封筒>{body}{signature}{other}</封筒>"), "SIG-301"),
    XmlRow("X22", "the same Id written as ID", _BESIDE,
           wrapped(lambda body, signature, other: f"<封筒>{other.replace('Id=', 'ID=')}{body}{signature}</封筒>"), "SIG-301"),
    XmlRow("X22", "the same Id written as xml:id", _BESIDE,
           wrapped(lambda body, signature, other: f"<封筒>{other.replace('Id=', 'xml:id=')}{body}{signature}</封筒>"), "SIG-301"),
    XmlRow("X22", "the same Id in a namespace where it is none", _BESIDE,
           wrapped(lambda body, signature, other: f"<封筒>{other.replace('Id=', _FOREIGN_ID)}"
                   f"{body}{signature}</封筒>"), OPENED, "10"),
    XmlRow("X22", "the Id moved to an element around another one", _BESIDE,
           wrapped(lambda body, signature, other: f'<封筒><本文 Id="honbun"><金額>90000</金額>{NAMELESS}</本文>'
                   f"{signature}</封筒>"), "SIG-301"),
    XmlRow("X22", "the signed part moved away and another without Id in its place", _BESIDE,
           wrapped(lambda body, signature, other: f"<封筒>{OTHER_NAMELESS}<別>{body}</別>{signature}</封筒>"),
           OPENED, "10"),
    XmlRow("X22", "the whole signed document inside another", _IN,
           lambda: _nameless(OTHER).replace("</申請>", f"<旧>{good().decode()}</旧></申請>").encode(), "SIG-301"),
    XmlRow("X22", "the signed document inside the signature of another", _IN,
           lambda: _nameless(OTHER).replace("</申請>", _holding(FORM) + "</申請>").encode(), "SIG-301"),
    XmlRow("X22", "a second signature beside the good one", _IN, _two_signatures, "SIG-303"),
    XmlRow("X22", "a second Object with the Id of the signed one", _AROUND,
           changed(around, ("</KeyInfo>", f'</KeyInfo><Object Id="shinsei">{OTHER}</Object>')), "SIG-301"),
    XmlRow("X22", "another Object before the signed one", _AROUND,
           changed(around, ("</KeyInfo>", f'</KeyInfo><Object Id="hoka">{_nameless(OTHER)}</Object>')), OPENED, "10"),
    XmlRow("X22", "the signed Object moved out of the signature", _AROUND,
           lambda: _in_envelope(around().decode()), "SIG-303"),
    XmlRow("X22", "an Id that the DTD declares", _BESIDE,
           changed(lambda: beside().encode(), ("<封筒>", "<!DOCTYPE 封筒 [<!ATTLIST 本文 名 ID #IMPLIED>]><封筒>")), "XML-201"),
    XmlRow("X22", "a pointer instead of an Id", _BESIDE,
           lambda: _beside(BODY, uri="#xpointer(id('honbun'))").encode(), "SIG-301"),
    XmlRow("X22", "a part chosen by XPath", _IN, signing(_steps(ENVELOPED, XPATH)), "SIG-303"),
    XmlRow("X22", "a part made by XSLT", _IN, signing(_steps(XSLT)), "SIG-303"),
    XmlRow("X22", "a part decoded from base64", _IN, signing(_steps(f"{DS}base64")), "SIG-303"),
    XmlRow("X22", "a part named by nothing", _BESIDE, changed(lambda: beside().encode(), (' URI="#honbun"', "")), "SIG-303"),
    XmlRow("X22", "something outside the package", _IN, signing(Target("https://example.jp/a.xml", b"")), "SIG-303"),
    XmlRow("X22", "a file outside the package", _IN, signing(Target("../sinsei.xml", b"")), "SIG-301"),
    XmlRow("X22", "a file of the system", _IN, signing(Target("/etc/passwd", b"")), "SIG-303"),
    XmlRow("X22", "the same part twice", _IN,
           lambda: FORM.replace("</申請>", sign([_steps(ENVELOPED, EXCLUSIVE)] * 2, xmlsigs.signatory()) + "</申請>").encode(),
           "SIG-303"),
)  # fmt: skip

COMMENTS = (
    XmlRow("X23", "a comment inside a value that was signed without it", _IN,
           changed(good, ("円\">10<", "円\">1<!-- -->0<")), OPENED, "10"),
    XmlRow("X23", "an instruction inside a value", _IN, changed(good, ("円\">10<", "円\">1<?x ?>0<")), "SIG-301"),
    XmlRow("X23", "a value written as CDATA", _IN, changed(good, ("円\">10<", "円\"><![CDATA[10]]><")), OPENED, "10"),
    XmlRow("X23", "a value written as references", _IN, changed(good, ("円\">10<", "円\">&#x31;&#48;<")), OPENED, "10"),
    XmlRow("X23", "a comment inside the digest", _IN, changed(good, ("<DigestValue>", "<DigestValue><!-- -->")), OPENED, "10"),
    XmlRow("X23", "a comment inside the signature value", _IN,
           changed(good, ("<SignatureValue>", "<SignatureValue><!-- -->")), "SIG-303"),
    XmlRow("X23", "comments where the signer says that they count", _IN,
           lambda: signing(_steps(ENVELOPED, f"{EXCLUSIVE}WithComments"))().replace(b">10<", b"><!-- -->10<"), "SIG-303"),
)  # fmt: skip

CHANGES = (
    XmlRow("C01", "one bit of a value", _IN, flipped("円\">"), "SIG-301"),
    XmlRow("C01", "one bit of an element's name", _IN, changed(good, ("金額", "金顔"), ("/金額", "/金顔")), "SIG-301"),
    XmlRow("C01", "one bit of an attribute", _IN, flipped("単位=\"円"), "XML-210"),
    XmlRow("C01", "an attribute added", _IN, changed(good, ("<氏名>", "<氏名 a=\"\">")), "SIG-301"),
    XmlRow("C01", "a blank added", _IN, changed(good, ("<氏名>", " <氏名>")), "SIG-301"),
    XmlRow("C01", "the order of elements", _IN,
           changed(good, ("<氏名>架空　花子</氏名>", ""), ("</金額>", "</金額><氏名>架空　花子</氏名>")), "SIG-301"),
    XmlRow("C01", "a namespace declared and not used", _IN, changed(good, ("<氏名>", "<氏名 xmlns:a=\"urn:a\">")), OPENED, "10"),
    XmlRow("C01", "the digest of the other document", _IN, changed(good, ("<DigestValue>", "<DigestValue>AAAA")), "SIG-301"),
    XmlRow("C01", "the signature value", _IN, changed(good, ("<SignatureValue>", "<SignatureValue>AAAA")), "SIG-301"),
    XmlRow("C01", "a signature value not in base64", _IN, changed(good, ("<SignatureValue>", "<SignatureValue>!")), "SIG-303"),
    XmlRow("C01", "the algorithm named anew", _IN, changed(good, ("#rsa-sha256", "#rsa-sha512")), "SIG-301"),
    XmlRow("C01", "a transform taken away", _IN,
           changed(good, (f'<Transform Algorithm="{ENVELOPED}"></Transform>', "")), "SIG-301"),
    XmlRow("C01", "a transform exchanged", _IN, changed(good, (f'"{EXCLUSIVE}"></Transform>', f'"{INCLUSIVE}"></Transform>')),
           "SIG-301"),
    XmlRow("C01", "another person's certificate", _IN, lambda: _with_key_of("rsa-other"), "SIG-301"),
    XmlRow("C01", "no certificate", _IN,
           changed(good, ("<KeyInfo><X509Data>", "<KeyInfo><KeyName>"), ("</X509Data>", "</KeyName>")), "SIG-303"),
    XmlRow("C01", "SHA-1", _IN, signing(_steps(ENVELOPED, EXCLUSIVE), _style(digest="sha1")), "SIG-303"),
    XmlRow("C01", "text inside the structure", _IN, changed(good, ("</SignedInfo>", "</SignedInfo>x")), "SIG-303"),
    XmlRow("C02", "the signature cut out", _IN, FORM.encode, "none"),
    XmlRow("C02", "the signature in a comment", _IN,
           lambda: good().replace(b"<Signature", b"<!-- <Signature", 1).replace(b"</Signature>", b"</Signature> -->", 1), "none"),
    XmlRow("C02", "nothing signed", _IN,
           lambda: FORM.replace("</申請>", sign([], xmlsigs.signatory()) + "</申請>").encode(), "SIG-303"),
    XmlRow("C04", "the signature of another form", _IN,
           lambda: OTHER.replace("</申請>", sign_of(FORM) + "</申請>").encode(), "SIG-301"),
    XmlRow("C04", "a member exchanged", _BESIDE,
           lambda: xmlsigs.detached([Target("sinsei.xml", OTHER.encode())]), "SIG-301"),
    XmlRow("C04", "a member that is not there", _BESIDE,
           lambda: xmlsigs.detached([Target("sinsei2.xml", FORM.encode())]), "SIG-301"),
    XmlRow("C04", "the digest of another member", _BESIDE,
           lambda: xmlsigs.detached([Target("sinsei.xml", MEMBERS["添付/収入.txt"])]), "SIG-301"),
)  # fmt: skip

ROWS = (*WRAPPINGS, *COMMENTS, *CHANGES)
