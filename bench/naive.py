"""The same job as a script would do it with the usual libraries: zipfile, lxml, pyHanko, Django's save and FileField.

It does less than the product: nothing is encrypted, no attachment is looked into, revocation is not asked for, no
evidence is kept, a ZIP is believed as zipfile reads it, files are not synced（`naive_whole` does what can be done of
that）. It checks the manifest and the signature with its path（without pyHanko installed: the signature and who issued
its certificate）, and writes one row per answer, as a form-minded model does.
"""

import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection, models, transaction
from lxml import etree

from samples.packages import APPLICATION
from samples.places import CLOCK

from . import usual_signatures
from .meters import Cost, measure
from .packages import Bundle, Listed


class NaiveApplication(models.Model):
    """An application."""

    receipt_number = models.CharField(max_length=40, unique=True)
    procedure = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    signer = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A table of this script alone."""

        app_label = "naive"


class NaiveAnswer(models.Model):
    """One answer."""

    application = models.ForeignKey(NaiveApplication, on_delete=models.CASCADE)
    label = models.CharField(max_length=200)
    code = models.CharField(max_length=200)
    value = models.TextField()

    class Meta:
        """A table of this script alone."""

        app_label = "naive"


class NaiveFile(models.Model):
    """One attached file, as it lies on the disk."""

    application = models.ForeignKey(NaiveApplication, on_delete=models.CASCADE)
    name = models.CharField(max_length=300)
    file = models.FileField(max_length=300, storage=FileSystemStorage(location="/"))
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        """A table of this script alone."""

        app_label = "naive"


MODELS = (NaiveApplication, NaiveAnswer, NaiveFile)


class Naive:
    """The script over a bundle, each time into a database and a folder of its own."""

    tables: tuple[type[models.Model], ...] = MODELS

    def __init__(self, bundle: Bundle, work: Path) -> None:
        """Read the authorities once, as a script does at its start."""
        self._bundle, self._work = bundle, work
        self._authorities = [
            x509.load_pem_x509_certificate(path.read_bytes())
            for path in sorted((bundle.folder / "trust").glob("*.pem"))
        ]
        self._usual: usual_signatures.UsualSignatures | None = None
        if usual_signatures.is_installed():
            authorities = [one.public_bytes(Encoding.DER) for one in self._authorities]
            self._usual = usual_signatures.UsualSignatures(authorities, CLOCK)

    @property
    def checks_with(self) -> str:
        """What signatures are checked with."""
        return usual_signatures.NAME if self._usual else "asn1crypto"

    def measure(self, packages: int) -> Cost:
        """Take in the first so many packages. Raises AssertionError when one is not stored."""
        place = Path(tempfile.mkdtemp(prefix="naive-", dir=self._work))
        kept = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = str(place / "naive.sqlite3")
        try:
            with connection.schema_editor() as editor:
                for model in self.tables:
                    editor.create_model(model)
            cost = measure(lambda: self._take_in(self._bundle.listed[:packages], place))
            assert NaiveApplication._default_manager.count() == packages
        finally:
            connection.close()
            connection.settings_dict["NAME"] = kept
            shutil.rmtree(place)
        return cost

    def _take_in(self, listed: Iterable[Listed], place: Path) -> None:
        for one in listed:
            folder = place / one.receipt_number
            folder.mkdir()
            self._keep_package(one, folder)
            with zipfile.ZipFile(io.BytesIO(one.path.read_bytes())) as archive, transaction.atomic():
                self._store(one, {name: archive.read(name) for name in archive.namelist()}, folder)

    def _keep_package(self, one: Listed, folder: Path) -> None:
        shutil.copyfile(one.path, folder / "package.zip")

    def _sealed(self, content: bytes) -> bytes:
        return content

    def _look_into(self, name: str, content: bytes) -> None:
        """Nothing is looked into."""

    def _believe(self, issuer: str, serial: int) -> None:
        """Nobody is asked whether the certificate still holds."""

    def _note(self, row: NaiveApplication) -> None:
        """Nothing is noted."""

    def _store(self, one: Listed, files: dict[str, bytes], folder: Path) -> None:
        for line in etree.fromstring(files["manifest.xml"]):  # made by us
            content = files[line.get("name", "")]
            assert line.get("sha256") == hashlib.sha256(content).hexdigest()
        signer = (
            self._signer_of(files["signature.p7s"], files["manifest.xml"]) if "signature.p7s" in files else ""
        )
        root = etree.fromstring(files[APPLICATION])  # as above
        row = NaiveApplication(
            receipt_number=one.receipt_number,
            procedure=one.procedure,
            title=root.get("name", ""),
            signer=signer,
        )
        row.save()
        for item in root.iter("FormItem"):
            values = [value.text or "" for value in item.iter("value")]
            label = item.findtext("Subject") or ""
            NaiveAnswer(
                application=row, label=label, code=item.get("std-code", ""), value="\n".join(values)
            ).save()
        for name, content in files.items():
            if "/" not in name:
                continue
            self._look_into(name, content)
            digest = hashlib.sha256(content).hexdigest()
            kept = NaiveFile(application=row, name=name, size=len(content), sha256=digest)
            place = str(folder / name.replace("/", "_")).lstrip("/")
            kept.file.save(place, ContentFile(self._sealed(content)))  # saves the row too
        self._note(row)

    def _signer_of(self, signature: bytes, content: bytes) -> str:
        """Verify the signature over the content, and who vouches for its certificate."""
        if self._usual:
            name, issuer, serial = self._usual.signer_of(signature, content)
            self._believe(issuer, serial)
            return name
        signed = cms.ContentInfo.load(signature)["content"]
        info = signed["signer_infos"][0]
        attributes = {one["type"].native: one["values"][0].native for one in info["signed_attrs"]}
        assert attributes["message_digest"] == hashlib.sha256(content).digest()
        serial = info["sid"].chosen["serial_number"].native
        certificate = next(
            x509.load_der_x509_certificate(one.chosen.dump())
            for one in signed["certificates"]
            if one.chosen.serial_number == serial
        )
        key = certificate.public_key()
        assert isinstance(key, RSAPublicKey)
        key.verify(
            info["signature"].native, info["signed_attrs"].untag().dump(force=True), PKCS1v15(), SHA256()
        )
        assert any(self._is_issued_by(certificate, one) for one in self._authorities)
        self._believe(certificate.issuer.rfc4514_string(), serial)
        return certificate.subject.rfc4514_string()[:100]

    @staticmethod
    def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
        try:
            certificate.verify_directly_issued_by(authority)
        except Exception:  # noqa: BLE001  # another generation's key
            return False
        return True
