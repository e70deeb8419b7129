"""The usual library for signatures, pyHanko, as the naive script uses it; it is installed by hand, for this measurement alone.

`pip install pyhanko` into the environment is enough. Without it the naive script checks signatures by asn1crypto, which
does less: no path is built. What was measured is told with the figure（`name`）.
"""

import asyncio
import importlib
import importlib.util
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms, x509
from cryptography.x509 import load_der_x509_certificate

NAME = "pyHanko"


def is_installed() -> bool:
    """Whether pyHanko can be imported here."""
    return importlib.util.find_spec("pyhanko") is not None


class UsualSignatures:
    """pyHanko with the installed authorities as roots, as of one moment; nothing is fetched."""

    def __init__(self, authorities: Sequence[bytes], moment: datetime) -> None:
        """`authorities` in DER. Raises ImportError without pyHanko."""
        validation = importlib.import_module("pyhanko.sign.validation.generic_cms")
        self._validate: Any = validation.async_validate_detached_cms  # untyped here: it may not be installed
        self._context: Any = importlib.import_module("pyhanko_certvalidator").ValidationContext
        self._roots = [x509.Certificate.load(one) for one in authorities]
        self._moment = moment

    def signer_of(self, signature: bytes, content: bytes) -> tuple[str, str, int]:
        """The signer's name, its certificate's issuer（RFC 4514）and number.

        AssertionError when the signature is not valid or nobody installed vouches for it.
        """
        signed = cms.ContentInfo.load(signature)["content"]
        context = self._context(
            trust_roots=self._roots, moment=self._moment, allow_fetching=False, revocation_mode="soft-fail"
        )
        found = asyncio.run(self._validate(content, signed, signer_validation_context=context))
        assert found.intact
        assert found.valid
        assert found.trusted
        signer = load_der_x509_certificate(found.signing_cert.dump())
        return signer.subject.rfc4514_string()[:100], signer.issuer.rfc4514_string(), signer.serial_number
