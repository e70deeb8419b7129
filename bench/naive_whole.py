"""The script of `naive`, grown by what the product does beside it: the same job, still with the usual libraries alone.

Revocation is asked of cryptography's list, pictures are verified by Pillow, PDF files opened by PDFium, what lies on the
disk is encrypted and synced, and a row notes each step. Encryption is the recipe that cryptography recommends, Fernet; its
lower layer（AES-256-GCM）is several times cheaper and measured beside it. The script still keeps no evidence, chains no
records, reads hostile bytes in its own process and believes a ZIP as zipfile reads it.
"""

import io
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pypdfium2
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from PIL import Image

from samples.places import CLOCK

from .naive import MODELS, Naive, NaiveApplication
from .packages import Bundle, Listed

Encryption = Callable[[bytes], bytes]
_PICTURES = (".jpg", ".png")


def by_recipe() -> Encryption:
    """Encryption as the library's documentation recommends it to everybody."""
    return Fernet(Fernet.generate_key()).encrypt


def by_lower_layer() -> Encryption:
    """AES-256-GCM, as somebody does it who knows what to take care of."""
    cipher = AESGCM(AESGCM.generate_key(256))

    def encrypt(content: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + cipher.encrypt(nonce, content, None)

    return encrypt


class NaiveEvent(models.Model):
    """What was done with an application."""

    application = models.ForeignKey(NaiveApplication, on_delete=models.CASCADE)
    action = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A table of this script alone."""

        app_label = "naive"


class NaiveWhole(Naive):
    """The whole job over a bundle."""

    tables = (*MODELS, NaiveEvent)

    def __init__(self, bundle: Bundle, work: Path, *, encrypts: Encryption) -> None:
        """Read authorities and lists once."""
        super().__init__(bundle, work)
        lists = sorted((bundle.folder / "trust").glob("*.crl"))
        self._lists = [_list_of(path.read_bytes()) for path in lists]
        self._encrypts = encrypts

    def _sealed(self, content: bytes) -> bytes:
        return self._encrypts(content)

    def _keep_package(self, one: Listed, folder: Path) -> None:
        with open(folder / "package.zip", "wb") as file:
            file.write(self._sealed(one.path.read_bytes()))
            file.flush()
            os.fsync(file.fileno())

    def _look_into(self, name: str, content: bytes) -> None:
        """Raises the library's error for a file that it cannot read."""
        if name.endswith(_PICTURES):
            with Image.open(io.BytesIO(content)) as picture:
                picture.verify()
        elif name.endswith(".pdf"):
            document = pypdfium2.PdfDocument(content)
            assert len(document) > 0
            document.close()

    def _believe(self, issuer: str, serial: int, at: datetime = CLOCK) -> None:
        """Raises AssertionError for a certificate that a list names, or that no fresh list can tell of."""
        asked = [one for one in self._lists if one.issuer.rfc4514_string() == issuer]
        assert any(one.next_update_utc is not None and one.next_update_utc > at for one in asked)
        assert all(one.get_revoked_certificate_by_serial_number(serial) is None for one in asked)

    def _note(self, row: NaiveApplication) -> None:
        for action in ("received", "accepted"):
            NaiveEvent(application=row, action=action, actor="worker").save()


def _list_of(content: bytes) -> x509.CertificateRevocationList:
    """A revocation list, whether PEM or DER."""
    is_pem = content.startswith(b"-----BEGIN")
    return x509.load_pem_x509_crl(content) if is_pem else x509.load_der_x509_crl(content)
