"""Why a piece of evidence is refused: a stable code, facts without personal data, and the member concerned."""


class ProofError(ValueError):
    """A refusal with its code.

    `facts` hold numbers, positions and reasons, never names, serials, addresses or file contents;
    `member` is the name of the archive member concerned, kept out of the text of the exception.
    """

    def __init__(self, code: str, *, member: str = "", **facts: str | int) -> None:
        self.code = code
        self.member = member
        self.facts: dict[str, str] = {key: str(value) for key, value in facts.items()}
        super().__init__(f"{code} {self.facts}" if facts else code)


class ArchiveRefused(ProofError):
    """The container is broken, hostile or over a limit（PKG-1xx）."""


class XmlRefused(ProofError):
    """The XML is broken, hostile or over a limit（XML-2xx）."""


class JsonRefused(ProofError):
    """The JSON is broken, hostile, ambiguous or over a limit（JSON-230）; the fact `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__("JSON-230", reason=reason)


class SignatureRefused(ProofError):
    """The signature does not match, or its form is not accepted（SIG-30x）."""


class CertificateRefused(ProofError):
    """The certificate cannot be trusted for this purpose at that time（CRT-31x）."""
