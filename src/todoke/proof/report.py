"""What a look into a file found: codes with their weight, pixels, pages; and how much work a look may do.

Source of the limits: the catalogue of bad inputs, rows A08 and A10 (50 million pixels, 500 pages or frames).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .sniff import FileKind
from .words import Word

ENCRYPTED = "ATT-602"
ACTIVE = "ATT-603"
TOO_LARGE = "ATT-605"
MACRO = "ATT-608"
SCRIPT = "ATT-609"
TWO_KINDS = "ATT-610"
DAMAGED = "ATT-611"
FORMULA = "ATT-612"
LOCATION = "ATT-613"
TERMINAL = "ATT-614"
PREVIEW = "ATT-615"
UNSEEN = "ATT-616"
EMBEDDED = "ATT-617"


REASONS: Mapping[str, str] = {
    "action": "自動で動く操作", "archive": "圧縮ファイル", "compound_file": "複合ファイルの構造", "connection": "外部データ接続",
    "container": "文書の入れ物の構造", "dde": "DDEによる外部プログラムとの連携", "depth": "入れ子の深さ", "document": "別の文書",
    "embedded_file": "埋め込みファイル", "ending": "終わりの印がない", "file": "別のファイル", "file_link": "ファイルへのリンク",
    "frames": "コマ数", "header": "先頭の構造", "html": "HTML", "import": "データの取込み", "javascript": "JavaScript",
    "large": "大きさ", "launch": "プログラムの起動", "macro": "マクロ", "macro_sheet": "Excel 4.0 マクロ",
    "media": "埋め込みメディア",
    "no_frame": "画像の大きさがない", "no_pages": "ページがない", "object_stream": "読めないオブジェクト",
    "office_xml": "XML形式のOffice文書のマクロ", "ole_object": "埋め込みオブジェクト（OLE）", "open_action": "開いたときの操作",
    "page_loop": "ページのつながりの循環", "page_size": "ページの大きさ", "page_tree": "ページの木", "pages": "ページ・コマ数",
    "part": "文書の部品", "pdf": "PDF", "pixels": "画素数", "remote": "外部ファイルへの移動", "remote_link": "外部への参照",
    "remote_object": "外部のオブジェクト", "remote_template": "外部のテンプレート", "script": "スクリプト", "steps": "手間の上限",
    "submit": "フォームの送信", "svg": "SVG", "text": "テキストの長さ", "truncated": "途中で切れている",
    "workbook": "ブックの大きさ",
    "xfa": "XFAフォーム", "xml": "XML", "xref": "相互参照表", "xref_loop": "相互参照表の循環", "zip": "ZIP",
}  # fmt: skip
"""What a finding was about, in Japanese, by the word in ContentFinding.reason."""


class Gravity(Word):
    """How grave a finding in a file is（中身の指摘の重さ）."""

    NOTE = "note", "参考"
    FLAG = "flag", "要確認"
    SEAL = "seal", "封印"


class Trait(Word):
    """What a file is like, without being wrong（中身の性質）."""

    CMYK = "cmyk", "印刷用の色（CMYK）"
    DEEP_COLOUR = "deep_colour", "16ビットの色"
    ROTATED = "rotated", "向きの指定あり"
    LOCATED = "located", "位置情報あり"
    ANIMATED = "animated", "動画・複数枚"


@dataclass(frozen=True, slots=True)
class ContentFinding:
    """One thing found in a file: a code, its weight, and a word for what it was, never text out of the file."""

    code: str
    severity: Gravity
    reason: str = ""

    @property
    def what(self) -> str:
        """The reason in Japanese; empty without one."""
        return REASONS.get(self.reason, "")


@dataclass(frozen=True, slots=True)
class ContentLimits:
    """What a file may be: pixels of one picture, pages or frames, side of a PDF page in points.

    `ratio` is inflated : compressed inside Office documents; `line_bytes` and `preview_bytes` bound a text preview.
    """

    pixels: int = 50_000_000
    pages: int = 500
    page_points: int = 20_000
    ratio: int = 200
    line_bytes: int = 100_000
    preview_bytes: int = 1_000_000


USUAL = ContentLimits()


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work one look may do: bytes inflated out of the file, steps walked in it, bytes of text decoded."""

    inflated_bytes: int
    steps: int
    text_bytes: int
    is_thorough: bool = False


QUICK = Effort(inflated_bytes=2_097_152, steps=50_000, text_bytes=262_144)
THOROUGH = Effort(inflated_bytes=134_217_728, steps=2_000_000, text_bytes=16_777_216, is_thorough=True)


@dataclass(frozen=True, slots=True)
class ContentReport:
    """What a file is, what was found in it, and its measure: pixels of its largest picture, pages or frames."""

    kind: FileKind
    findings: tuple[ContentFinding, ...] = ()
    pixels: int = 0
    pages: int = 0
    traits: frozenset[Trait] = frozenset()

    @property
    def is_complete(self) -> bool:
        """Whether the look saw all it had to see; if not, the whole file must be looked at with more effort."""
        return all(one.code != UNSEEN for one in self.findings)

    @property
    def gravity(self) -> Gravity | None:
        """The gravest finding's weight; None without findings."""
        found = {one.severity for one in self.findings}
        return next((one for one in (Gravity.SEAL, Gravity.FLAG, Gravity.NOTE) if one in found), None)


@dataclass(slots=True)
class Inspection:
    """A look in progress: what was found up to here, and what of the effort is left."""

    limits: ContentLimits
    effort: Effort
    pixels: int = 0
    pages: int = 0
    steps: int = 0
    inflated: int = 0
    traits: set[Trait] = field(default_factory=set)
    found: dict[tuple[str, str], ContentFinding] = field(default_factory=dict)

    def note(self, code: str, reason: str = "") -> None:
        """Something worth knowing."""
        self._add(code, Gravity.NOTE, reason)

    def flag(self, code: str, reason: str = "") -> None:
        """Something for a person to look at before use."""
        self._add(code, Gravity.FLAG, reason)

    def seal(self, code: str, reason: str = "") -> None:
        """Something for which the original must stay closed."""
        self._add(code, Gravity.SEAL, reason)

    def step(self, count: int = 1) -> bool:
        """Take steps; False, and a note that not all was seen, once the effort is spent."""
        self.steps += count
        if self.steps <= self.effort.steps:
            return True
        self.flag(UNSEEN, "steps")
        return False

    def picture(self, width: int, height: int) -> None:
        """Measure a picture by what its header says."""
        self.pixels = max(self.pixels, width * height)
        if width * height > self.limits.pixels:
            self.seal(TOO_LARGE, "pixels")

    def count_pages(self, pages: int) -> None:
        """Measure a document by its pages or frames."""
        self.pages = max(self.pages, pages)
        if pages > self.limits.pages:
            self.seal(TOO_LARGE, "pages")

    @property
    def left_to_inflate(self) -> int:
        """How many bytes may still be inflated."""
        return max(0, self.effort.inflated_bytes - self.inflated)

    def report(self, kind: FileKind) -> ContentReport:
        """What came of it, the gravest first."""
        if not self.found:
            return ContentReport(kind, (), self.pixels, self.pages, frozenset(self.traits))
        weight = {Gravity.SEAL: 0, Gravity.FLAG: 1, Gravity.NOTE: 2}
        findings = sorted(
            self.found.values(),
            key=lambda one: (weight[one.severity], one.code == UNSEEN, one.code, one.reason),
        )
        return ContentReport(kind, tuple(findings), self.pixels, self.pages, frozenset(self.traits))

    def _add(self, code: str, severity: Gravity, reason: str) -> None:
        self.found.setdefault((code, reason), ContentFinding(code, severity, reason))
