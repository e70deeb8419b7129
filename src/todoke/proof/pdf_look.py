"""Looks into a PDF without rendering it: encryption, active content, pages, and whether its references hold.

Source: ISO 32000-1 §7.3.5 (names and their #xx escapes), §7.5.5 (trailer), §7.5.7 (object streams), §7.7.3 (page
tree), §12.6 (actions). Nothing is executed; strings and streams other than object streams are not interpreted.
"""

# long: one file format, one reading of it from the token to the page tree.
import re

from . import pdf_structure
from .pdf_structure import FileObjects
from .report import ACTIVE, DAMAGED, ENCRYPTED, TOO_LARGE, UNSEEN, Inspection

_ACTIVE = {
    b"JavaScript": "javascript",
    b"JS": "javascript",
    b"AA": "action",
    b"Launch": "launch",
    b"EmbeddedFile": "embedded_file",
    b"EmbeddedFiles": "embedded_file",
    b"RichMedia": "media",
    b"XFA": "xfa",
    b"SubmitForm": "submit",
    b"ImportData": "import",
    b"GoToE": "embedded_file",
    b"GoToR": "remote",
}
_SHORT = 5  # so few letters may stand by chance in compressed bytes
_TOKEN = re.compile(  # the first letters of all these, looked at first, spare most of the tries
    rb"/(?=[ACEGIJKLMOPRSUX#])(Encrypt|JavaScript|JS|OpenAction|AA|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoTo[ER]|URI"
    rb"|ObjStm|MediaBox|Pages?|Kids|Count|[A-Za-z]{0,20}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,60})(?![A-Za-z0-9#])"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_WRITTEN = bytes(range(32, 127)) + b"\t\n\f\r\0"
_NUMBER = rb"([-+]?+(?:[0-9]{1,12}+\.?+[0-9]{0,12}+|\.[0-9]{1,12}+))"
_BOX = re.compile(rb"\s{0,40}+\[\s{0,40}+" + rb"\s{1,80}+".join([_NUMBER] * 4))
_REFERENCES = re.compile(rb"(\d{1,10})\s{1,20}\d{1,5}\s{1,20}R")
_REFERENCE = re.compile(rb"\s{0,40}(\d{1,10})\s{1,20}\d{1,5}\s{1,20}R")
_PLAIN_ACTION = re.compile(rb"\s{0,40}(?:\[|<<[^>]{0,200}/GoTo(?![A-Za-z]))")
_FILE_LINK = re.compile(
    rb"\s{0,40}(?:\(\s{0,40}(?:file:|smb:|\\\\)|<\s{0,40}(?:66696[Cc]65|736[Dd]62|5[Cc]5[Cc]))", re.IGNORECASE
)
_PAGE_TREE = re.compile(rb"/Type\s{0,40}/Pages(?![A-Za-z])")
_COUNTED = re.compile(rb"\s{1,40}(\d{1,12})")
_DEPTH = 100
_VISITS = 20_000
_KIDS_BYTES = 8_388_608
_READ_PER_STEP = 9  # 512 bytes read over count as one step
_OPENINGS = 8


def look(data: bytes, inspection: Inspection) -> None:
    """Look into a whole PDF."""
    tree = _Tree(inspection)
    tree.read(FileObjects(data))
    if not tree.is_encrypted:
        for packed in pdf_structure.packed_objects(data, tuple(tree.stream_places), inspection):
            tree.read(packed)
        tree.conclude()
    pdf_structure.follow_xref(data, inspection)
    if pdf_structure.is_deep(data, inspection):
        inspection.seal(TOO_LARGE, "depth")


def look_part(part: bytes, inspection: Inspection) -> None:
    """Look at a stretch of a PDF: what stands there is found, what does not is not known."""
    _Tree(inspection).read(FileObjects(part))


class _Tree:
    """The page tree while it is pieced together, and what the tokens say besides."""

    def __init__(self, inspection: Inspection) -> None:
        """Nothing read yet."""
        self._inspection = inspection
        self._kids: dict[int, list[int]] = {}
        self._roots: set[int] = set()
        self._claimed = self._pages = self._visits = 0
        self._objects: list[FileObjects] = []
        self._openings: set[int] = set()
        self.stream_places: list[int] = []
        self.is_encrypted = False

    def read(self, objects: FileObjects) -> None:
        """Take up the tokens of the file itself, or of one object stream."""
        self._objects.append(objects)
        acts = {b"MediaBox": self._box, b"Page": self._page, b"URI": self._link, b"OpenAction": self._opening}
        for match in _TOKEN.finditer(objects.text):
            if not self._inspection.step():
                return
            name = match[1] if b"#" not in match[1] else _ESCAPE.sub(_unescaped, match[1])
            if name in _ACTIVE:
                if len(name) > _SHORT or _is_written(objects.text, match.start(), match.end()):
                    self._inspection.flag(ACTIVE, _ACTIVE[name])
            elif name in acts:
                acts[name](objects.text, match.start(), match.end())
            elif name == b"Encrypt":
                self.is_encrypted = True
                self._inspection.seal(ENCRYPTED)
            elif name == b"ObjStm":
                self.stream_places.append(match.start())
            elif name in (b"Kids", b"Count"):
                self._node(objects, name, match.start(), match.end())

    def conclude(self) -> None:
        """What only the whole of the objects tells: where an action on opening leads, and how many pages there are."""
        for number in self._openings:
            if not self._turns_to_a_page(number):
                self._inspection.flag(ACTIVE, "open_action")
        children = {child for kids in self._kids.values() for child in kids}
        pages = 0 if self._roots else self._pages
        for root in self._roots - children or self._roots:
            if pages <= self._inspection.limits.pages:
                pages = max(pages, self._leaves_under(root))
        self._inspection.count_pages(max(pages, self._claimed))
        if not pages and not any(code in (UNSEEN, TOO_LARGE) for code, _ in self._inspection.found):
            self._inspection.flag(DAMAGED, "no_pages")

    def _leaves_under(self, root: int) -> int:
        """The pages under a node; a tree that turns back or goes too deep is refused, a wide one counted up to the limit."""
        leaves, waiting = 0, [(root, 1)]
        while waiting and leaves <= self._inspection.limits.pages:
            number, depth = waiting.pop()
            self._visits += 1
            if self._visits > _VISITS:
                self._inspection.flag(UNSEEN, "page_tree")
                break
            if depth > _DEPTH:
                self._inspection.seal(TOO_LARGE, "page_tree")
                break
            children = self._kids.get(number)
            if children is None:
                leaves += 1
            else:
                waiting.extend((child, depth + 1) for child in children)
        return leaves

    def _box(self, text: bytes, start: int, end: int) -> None:
        box = _BOX.match(text, end)
        if box is None:
            return
        left, bottom, right, top = (_number(side) for side in box.groups())
        if max(abs(right - left), abs(top - bottom)) > self._inspection.limits.page_points:
            self._inspection.seal(TOO_LARGE, "page_size")

    def _page(self, text: bytes, start: int, end: int) -> None:
        if text[max(0, start - 40) : start].rstrip(b" \t\r\n\0\f").endswith(b"/Type"):
            self._pages += 1

    def _link(self, text: bytes, start: int, end: int) -> None:
        if _FILE_LINK.match(text, end):
            self._inspection.flag(ACTIVE, "file_link")

    def _opening(self, text: bytes, start: int, end: int) -> None:
        """An action on opening is harmless when it only turns to a page; one that is referred to is looked up later."""
        if _PLAIN_ACTION.match(text, end):
            return
        reference = _REFERENCE.match(text, end)
        if reference and len(self._openings) < _OPENINGS:
            self._openings.add(int(reference[1]))
        else:
            self._inspection.flag(ACTIVE, "open_action")

    def _turns_to_a_page(self, number: int) -> bool:
        for objects in self._objects:
            place = objects.place_of(number)
            if place >= 0:
                return _PLAIN_ACTION.match(objects.text, place) is not None
        return False

    def _node(self, objects: FileObjects, name: bytes, start: int, end: int) -> None:
        """A node of a tree: its kids, and whether it is one of the page tree; the last of a number counts."""
        counted = _COUNTED.match(objects.text, end)
        if name == b"Count" and (counted is None or int(counted[1]) <= self._inspection.limits.pages):
            return
        body = objects.around(start, end)
        self._inspection.step(len(body) >> _READ_PER_STEP)
        if name == b"Count" and counted is not None:
            self._claimed = max(self._claimed, int(counted[1]) if b"/Kids" in body else 0)
            return
        number = objects.owner_of(start)
        listed = objects.text[end : objects.text.find(b"]", end, end + _KIDS_BYTES) + 1]
        self._kids[number] = [int(one) for one in _REFERENCES.findall(listed)]
        self._inspection.step(len(listed) >> _READ_PER_STEP)
        if _PAGE_TREE.search(body):
            self._roots.add(number)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode())


def _is_written(text: bytes, start: int, end: int) -> bool:
    """Whether a short name stands among written characters, not by chance among compressed bytes."""
    return not text[max(0, start - 8) : end + 8].translate(None, _WRITTEN)


def _number(text: bytes) -> float:
    try:
        return float(text or b"0")
    except ValueError:
        return 0.0
