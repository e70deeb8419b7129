"""Applications with attachments of any bytes: what intake hands to screening, without the opening of ZIPs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.casework.identify.applications import TARO, WORKER, _channel
from tests.casework.identify.conftest import ACTOR, MINASE, NOW
from todoke.casework.intake import services as intake
from todoke.casework.intake.models import Attachment as AttachmentRow
from todoke.casework.intake.values import (
    ApplicationForm,
    Attachment,
    AttachmentState,
    Contact,
    Finding,
    Judged,
    PartyRole,
    Severity,
    SignatureOutcome,
    SignatureState,
    StatedParty,
    Verdict,
)
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import Listed, PackageState
from todoke.foundation.fence import scope
from todoke.proof import sniff


@dataclass(frozen=True, slots=True)
class File:
    """One attached file, and what intake found on it."""

    content: bytes
    name: str = "添付.pdf"
    codes: tuple[str, ...] = ()
    state: AttachmentState | None = None
    kind: str = ""

    def as_attachment(self, position: int, offset: int) -> Attachment:
        """As intake stores it: uncompressed, at its place in the package."""
        found = self.kind or sniff.kind_of(self.content, self.content, len(self.content)).value
        flagged = AttachmentState.FLAGGED if self.codes else AttachmentState.SOUND
        return Attachment(
            position=position, label=self.name, raw_name=self.name.encode().hex(), kind=found, size=len(self.content),
            sha256=hashlib.sha256(self.content).hexdigest(), method=0, data_offset=offset,
            compressed_size=len(self.content), state=self.state or flagged, code=self.codes[0] if self.codes else "",
        )  # fmt: skip


def attach(*files: File, number: int = 0, organisation: str = MINASE) -> list[int]:
    """Store one application with these files; returns the ids of the attachments."""
    channel = _channel(organisation)
    receipt = f"{260406000000000 + number}"
    content = receipt.encode() + b"".join(one.content for one in files)
    relay.receive_package(channel, listed=Listed(receipt, NOW), chunks=[content], actor=ACTOR, at=NOW)
    with scope(organisation):
        (claimed,) = relay.claim_packages(10, by=WORKER)
        intake.store_batch(
            [Judged(claimed, channel.layout, "1", _verdict(files, receipt))], actor=ACTOR, at=NOW
        )
        rows = AttachmentRow.objects.filter(application__receipt_number=receipt)
        return list(rows.order_by("position").values_list("pk", flat=True))


def _verdict(files: Sequence[File], receipt: str) -> Verdict:
    offset, attachments, findings = len(receipt), [], []
    for position, one in enumerate(files, start=1):
        attachments.append(one.as_attachment(position, offset))
        offset += len(one.content)
        findings += [Finding(code, Severity.WARN, str(position)) for code in one.codes]
    applicant = StatedParty(PartyRole.APPLICANT, 1, TARO.name, TARO.kana, TARO.birth)
    form = ApplicationForm(MINASE, NOW, TARO, Contact(), "手続", (), (applicant,))
    return replace(
        Verdict(PackageState.ACCEPTED), findings=tuple(findings), procedure="P12", form=form,
        signature=SignatureOutcome(SignatureState.NOT_REQUIRED), attachments=tuple(attachments), serial_text="1001",
        serial="1001", issuer_key="aa" * 20,
    )  # fmt: skip
