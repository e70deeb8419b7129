"""XML signatures by the invented people of the tests, and documents around them."""

from cryptography import x509

from samples.xmldsig import ENVELOPED, EXCLUSIVE, Signatory, Style, Target, sign
from tests.proof import pki

PLAIN = Style()
FORM = '<申請 Id="申請-1"><氏名>架空　花子</氏名><金額 単位="円">10</金額></申請>'


def signatory(key_name: str = "rsa-leaf", by: pki.Authority | None = None, **leaf: object) -> Signatory:
    """A person with a certificate of the tests' authority."""
    certificate = pki.leaf(by or pki.authority(), key_name, **leaf)  # type: ignore[arg-type]  # by name
    return Signatory(x509.load_der_x509_certificate(certificate), pki.key(key_name))


def enveloped(form: str = FORM, *, by: Signatory | None = None, style: Style = PLAIN) -> bytes:
    """A form, in its canonical form, with a signature over the whole document as its last child."""
    target = Target("", form.encode(), (ENVELOPED, EXCLUSIVE))
    signature = sign([target], by or signatory(), style)
    head, end = form.rsplit("</", 1)
    return f"{head}{signature}</{end}".encode()


def enveloping(form: str = FORM, *, by: Signatory | None = None, identifier: str = "shinsei") -> bytes:
    """A signature over an Object that holds the form; the Object's canonical text is what is digested."""
    inside = (
        f'<Object xmlns="http://www.w3.org/2000/09/xmldsig#" Id="{identifier}">{_unprefixed(form)}</Object>'
    )
    target = Target(f"#{identifier}", inside.encode(), (EXCLUSIVE,))
    return sign([target], by or signatory(), Style(objects=inside)).encode()


def detached(targets: list[Target], *, by: Signatory | None = None, style: Style = PLAIN) -> bytes:
    """A signature over members of a package."""
    return sign(targets, by or signatory(), style).encode()


def _unprefixed(form: str) -> str:
    """The form out of the signature's namespace."""
    name, rest = form[1:].split(" ", 1)
    return f'<{name} xmlns="" {rest}'
