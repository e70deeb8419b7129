"""The nouns of intake: layouts, what a check found, the application as A票/B票, attachments, duplicates."""

# long: the nouns of one stage stay in one room; each is a few lines.
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from todoke.casework.relay.values import ClaimedPackage, PackageState, Provenance, RecordedCheck
from todoke.casework.trust.values import RevocationChoice
from todoke.foundation.claims import Claim
from todoke.foundation.labels import Labelled
from todoke.proof.anchors import Anchors
from todoke.proof.archive import Limits
from todoke.proof.certificates import BasicFour
from todoke.proof.report import ContentLimits
from todoke.proof.revocation import RevocationIndex
from todoke.proof.serials import SerialForm
from todoke.proof.xml import XmlLimits


class Severity(Labelled):
    """指摘の重さ."""

    NOTE = "note", "参考"
    WARN = "warn", "要確認"
    HOLD = "hold", "引き渡し保留"
    STOP = "stop", "受理できない"


class SignatureState(Labelled):
    """電子署名の状態."""

    NOT_REQUIRED = "not_required", "署名不要"
    VALID = "valid", "有効"
    INVALID = "invalid", "無効"
    INDETERMINATE = "indeterminate", "確認できない"


class DuplicateKind(Labelled):
    """重複の種類."""

    NONE = "none", "なし"
    SAME_CONTENT = "same_content", "同一内容"
    SAME_RECEIPT = "same_receipt", "同一受付番号"
    SAME_PERSON = "same_person", "同一人・同一手続"
    SAME_HOUSEHOLD = "same_household", "同一世帯・同一手続"
    SAME_SUBJECT = "same_subject", "同一対象者・同一手続"
    RESUBMISSION = "resubmission", "再申請"


class NextStep(Labelled):
    """申請の次の工程: which later stage takes the application up."""

    IDENTIFY = "identify", "申請者の特定待ち"
    OPEN = "open", "受付待ち"
    DONE = "done", "受付済"


class Answered(Labelled):
    """失効を何が答えたか."""

    LIST = "list", "失効リスト"
    CHANNEL = "channel", "受付経路が伝えた検証結果"
    NOBODY = "nobody", "答えなし"


class AttachmentState(Labelled):
    """添付ファイルの状態."""

    SOUND = "sound", "問題なし"
    FLAGGED = "flagged", "要確認"
    SEALED = "sealed", "封印中"


class PartyRole(Labelled):
    """申請における立場, as the application states it."""

    APPLICANT = "applicant", "申請者"
    SUBJECT = "subject", "対象者"
    AGENT = "agent", "代理人"
    HEAD = "head", "世帯主"
    INSURED = "insured", "被保険者"
    CORPORATION = "corporation", "法人"


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field of 申請者情報 stands: the FormItem's id, the Fragments' ids in order, what joins them."""

    item: str
    fragments: tuple[str, ...]
    join: str = ""


@dataclass(frozen=True, slots=True)
class FormLayout:
    """One form: its member and root element; `object` is the Id of the signed part that holds it, empty for all of it."""

    member: str
    root: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class ManifestLayout:
    """The list of members with sizes and hashes; `is_required`: a package without it is refused."""

    member: str
    namespace: str
    is_required: bool


class SignatureFormat(Labelled):
    """署名の形式."""

    CMS_DETACHED = "cms-detached", "CMS署名（切り離し）"
    XML_ENVELOPED = "xmldsig-enveloped", "XML署名（文書の中）"
    XML_DETACHED = "xmldsig-detached", "XML署名（切り離し）"
    XML_ENVELOPING = "xmldsig-enveloping", "XML署名（文書を内包）"


@dataclass(frozen=True, slots=True)
class SignatureLayout:
    """Where a signature lies and which member a CMS signature covers; an XML signature says itself what it covers.

    `policies` are those that a certificate may bear, empty for any; `procedure_policies` take their place for a
    procedure code that they name.
    """

    member: str
    covers: str
    policies: frozenset[str] = frozenset()
    format: SignatureFormat = SignatureFormat.CMS_DETACHED
    procedure_policies: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def policies_for(self, procedure: str) -> frozenset[str]:
        """The certificate policies that an application of this procedure may be signed under, empty for any."""
        return self.procedure_policies.get(procedure, self.policies)


@dataclass(frozen=True, slots=True)
class LayoutProfile:
    """A package layout as data.

    `items` maps our names (applied_at, auth_serial, …) to the layout's std-codes, `types` the allowed extensions to
    the kinds of content that they may hold.
    """

    name: str
    provenance: Provenance
    encodings: frozenset[str]
    applicant: FormLayout
    application: FormLayout
    procedure_attribute: str
    title_attribute: str
    applicant_fields: Mapping[str, FieldPlace]
    items: Mapping[str, str]
    required_items: tuple[str, ...]
    serial_form: SerialForm
    attachment_folder: str
    types: Mapping[str, frozenset[str]]
    types_source: str
    limits: Limits
    xml_limits: XmlLimits
    content_limits: ContentLimits
    manifest: ManifestLayout | None
    signature: SignatureLayout | None
    clock_tolerance_minutes: int
    delivery_days: int


@dataclass(frozen=True, slots=True)
class Trust:
    """What signatures are judged by: installed anchors, revocation lists, and whether a missing list holds a package."""

    anchors: Anchors
    revocation: RevocationIndex
    is_list_required: bool = True


class CheckKind(Labelled):
    """形式審査の規則の種類: what a rule asks of an answer."""

    REQUIRED = "required", "入力がある"
    MEANINGFUL = "meaningful", "空白や記号だけでない"
    LENGTH = "length", "文字数"
    CHARACTERS = "characters", "使える文字の種類"
    FREE_OF = "free_of", "含まない文字の種類"
    SHAPE = "shape", "桁と並び"
    CHOICE = "choice", "選択肢にある"
    NUMBER = "number", "数の範囲"
    POSTAL_CODE = "postal_code", "郵便番号の形"
    TELEPHONE = "telephone", "電話番号の形"
    INDIVIDUAL_NUMBER = "individual_number", "個人番号の検査用数字"
    DATE = "date", "存在する日付"
    DATE_FORM = "date_form", "日付として読める"
    TIME = "time", "存在する時刻"
    DATE_RANGE = "date_range", "日付の範囲と前後"
    AGE = "age", "年齢"
    SAME = "same", "ほかの項目と同じ"
    ATTACHMENTS = "attachments", "添付の数と種類"


@dataclass(frozen=True, slots=True)
class CheckCondition:
    """When a rule applies: another field is filled（True）, empty（False）, or one of these words（None）."""

    field: str
    is_filled: bool | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One rule of 形式審査, as a set of checks states it for one procedure.

    `field` is applicant.…, contact.…, item.… (our name or the std-code), label.… or *; `label` is what people call it.
    `sentence` is for the clerk, `correction` for the applicant; 「{field}」 in them stands for the label. `least` and
    `most` bound characters, numbers, days, years or files; `words` are classes, shapes, choices or kinds; `other` is
    what is compared with: a field, today or applied_on. `first` and `last` bound a date.
    """

    id: str
    kind: CheckKind
    field: str
    label: str
    severity: Severity
    reason: str
    sentence: str
    correction: str
    when: CheckCondition | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    words: tuple[str, ...] = ()
    other: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class CheckReason:
    """A reason code for which an applicant may be asked to correct something, in words for clerk and applicant.

    `offered`: a clerk may choose it although no rule has found it.
    """

    code: str
    label: str
    sentence: str
    correction: str
    offered: bool = False


@dataclass(frozen=True, slots=True)
class FormChecks:
    """The rules of 形式審査 for one procedure, in order; empty when the set has none for it."""

    name: str
    edition: str
    rules: tuple[CheckRule, ...]


@dataclass(frozen=True, slots=True)
class CheckSet:
    """A whole set of form checks: rules for every procedure and for some, reasons, and what frames a 補正依頼."""

    name: str
    provenance: Provenance
    reasons: tuple[CheckReason, ...]
    every: tuple[CheckRule, ...]
    procedures: Mapping[str, tuple[CheckRule, ...]]
    opening: str
    closing: str

    def of(self, procedure: str) -> FormChecks:
        """The rules for a procedure: those for every one first."""
        own = self.procedures.get(procedure, ())
        return FormChecks(self.name, self.provenance.edition, (*self.every, *own))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which a package is judged.

    `organisation` is the body it came to (empty: not compared); `at` is now; `portal_received_at` is the channel's
    受付日時; `needs_signature` answers per procedure code, None for an unknown procedure. `checks_of` answers per
    procedure which rules of 形式審査 there are; None: the dates alone are looked at. `policy` says per procedure how
    revocation is checked (None: the installation's default), `channel_result` is what the channel delivered.
    """

    organisation: str
    at: datetime
    needs_signature: Callable[[str], bool | None]
    portal_received_at: datetime | None = None
    checks_of: Callable[[str], FormChecks | None] = lambda _procedure: None
    policy: Callable[[str], RevocationChoice] | None = None
    channel_result: RecordedCheck | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a package. `where` names a member, a field or a position; facts hold no personal data."""

    code: str
    severity: Severity
    where: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignatureOutcome:
    """What became of the signature. `reason` is a code; serial and key of the issuer are lower-case hexadecimal."""

    state: SignatureState
    reason: str = ""
    signer_issuer_key: str = ""
    signer_serial: str = ""
    certified: BasicFour | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment as a reference into the stored original: where its bytes begin and how they are compressed.

    `label` is for people, `raw_name` (hex) is what stood in the archive; `sha256` (hex) is of the plain bytes.
    """

    position: int
    label: str
    raw_name: str
    kind: str
    size: int
    sha256: str
    method: int
    data_offset: int
    compressed_size: int
    state: AttachmentState = AttachmentState.SOUND
    code: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as written in the application; birth as YYYY-MM-DD where it is a date, else as written."""

    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = ""
    postcode: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """連絡先."""

    telephone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class StatedParty:
    """A person in the application by role; `number` is a stated register number（被保険者番号など）."""

    role: PartyRole
    position: int = 1
    name: str = ""
    kana: str = ""
    birth: str = ""
    number: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class FormItem:
    """One answer of B票. `item` is our name for it where the layout maps it; std-code and label as received."""

    label: str
    values: tuple[str, ...]
    code: str = ""
    item: str = ""
    position: int = 1


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """An application as A票（申請基本情報）and B票（申請内容）of GIF DS-451-1, with the people in it."""

    recipient: str
    applied_at: datetime
    applicant: Person
    contact: Contact
    title: str
    items: tuple[FormItem, ...]
    parties: tuple[StatedParty, ...] = ()

    def values_of(self, item: str, position: int = 1) -> tuple[str, ...]:
        """The values of an answer by our name for it or by its std-code; empty when it was not asked."""
        for one in self.items:
            if item in {one.item, one.code} and one.position == position:
                return one.values
        return ()

    def value(self, item: str, position: int = 1) -> str:
        """The values of an answer as one text."""
        return "".join(self.values_of(item, position))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on: JSON-able data without floats, and the certificates (DER) that it names by hash.

    The signer's certificate comes first; it is personal data.
    """

    document: Mapping[str, object]
    certificates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """Which package an evidence record is about, and by what it was read; `uuid` is empty where nothing is stored."""

    organisation: str
    uuid: str
    sha256: str
    size: int
    layout: str
    edition: str
    software: str


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A record as it is kept: its canonical JSON, the hash of that, and when it was made."""

    package_id: int
    sha256: str
    record: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a package: state, deciding code, every finding, and what was read from it."""

    state: PackageState
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    signature: SignatureOutcome = SignatureOutcome(SignatureState.NOT_REQUIRED)
    procedure: str = ""
    form: ApplicationForm | None = None
    attachments: tuple[Attachment, ...] = ()
    serial_text: str = ""
    serial: str = ""
    issuer_key: str = ""
    previous_receipt: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A claimed package with the verdict on it, and by which edition of which layout it was read."""

    package: ClaimedPackage
    layout: str
    edition: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Candidate:
    """An accepted application as the search for duplicates sees it. `id` is that of its package.

    `signed_digest`: SHA-256 (hex) of what the applicant signed; empty where nothing is signed.
    """

    id: int
    channel_id: int
    receipt_number: str
    content_hash: str
    procedure: str
    applicant_key: str
    applied_at: datetime
    previous_receipt: str = ""
    signed_digest: str = ""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field in which two applications differ."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """How an application relates to an earlier one: kind, the earlier one's id, and in what they differ."""

    kind: DuplicateKind
    of: int | None = None
    differences: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written of a verdict as text: the application's uuid (hex) and form (JSON), the evidence record and its hash.

    Uuid and form are empty where nothing was read that could become an application.
    """

    uuid: str
    form: str
    record: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """How many packages of a batch went which way; `lost` were claimed by another worker meanwhile."""

    accepted: int = 0
    quarantined: int = 0
    pending: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class ClaimedApplication:
    """An application that a later stage holds. `id` equals its package's."""

    claim: Claim
    application: "StoredApplication"


@dataclass(frozen=True, slots=True)
class StoredApplication:
    """An application as the later stages read it."""

    id: int
    uuid: UUID
    package_id: int
    channel: str
    receipt_number: str
    procedure: str
    form: ApplicationForm
    applied_at: datetime
    portal_received_at: datetime | None
    received_at: datetime
    serial_text: str
    serial: str
    issuer_key: str
    signature: SignatureOutcome
    duplicate: Duplicate
    previous_id: int | None
    hold_codes: tuple[str, ...]
    content_hash: str
    layout: str
    layout_edition: str
    next_step: NextStep


@dataclass(frozen=True, slots=True)
class AttachmentDetail:
    """An attachment with its number and its application."""

    id: int
    application_id: int
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class QuarantineDetail:
    """A package in quarantine, or out of it again: code, facts, the sentence for the clerk, and since when."""

    id: int
    package_id: int
    receipt_number: str
    channel: str
    code: str
    sentence: str
    facts: Mapping[str, str]
    portal_received_at: datetime | None
    since: datetime
    released_at: datetime | None
    released_by: str


@dataclass(frozen=True, slots=True)
class ListStatus:
    """One revocation list: whose it is, its period, whether it is past that, entries, age, whether its date is to come."""

    issuer_key: str
    this_update: datetime
    next_update: datetime
    is_stale: bool
    entries: int
    age: timedelta
    is_future: bool


@dataclass(frozen=True, slots=True)
class TrustStatus:
    """What is installed to judge signatures by: how many anchors, which lists and how old, which were refused why.

    `without_list` are the key identifiers of authorities that could sign a list and have none here. `is_renewing`:
    newer files are being read, and these serve meanwhile.
    """

    anchors: int
    lists: tuple[ListStatus, ...]
    is_list_required: bool
    refused: tuple[str, ...] = ()
    without_list: tuple[str, ...] = ()
    is_renewing: bool = False


@dataclass(frozen=True, slots=True)
class ParkedApplication:
    """An application that kept failing on its way to the desk and waits for a person; `step` is where it stands."""

    id: int
    receipt_number: str
    step: NextStep
    code: str
