"""Looks into a PDF without rendering it: encryption, active content, pages, and whether its references hold.

Source: ISO 32000-1 §7.3.5 (names and their #xx escapes), §7.5.5 (trailer), §7.5.7 (object streams), §7.7.3 (page
tree), §12.6 (actions). Nothing is executed; strings and streams other than object streams are not interpreted.
"""

# long: one file format, one reading of it from the token to the page tree.
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from zlib_ng import zlib_ng

from .report import ACTIVE, DAMAGED, ENCRYPTED, TOO_LARGE, UNSEEN, Inspection

_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance
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
_TOKEN = re.compile(
    rb"/(Encrypt|JavaScript|JS|OpenAction|AA|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoTo[ER]|URI"
    rb"|ObjStm|MediaBox|Pages?|Kids|Count|[A-Za-z]{0,20}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,60})(?![A-Za-z0-9#])"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_WRITTEN = bytes(range(32, 127)) + b"\t\n\f\r\0"
_NUMBER = rb"[-+]?[0-9]{0,12}\.?[0-9]{0,12}"
_BOX = re.compile(rb"\s{0,40}\[" + rb"\s{1,40}".join([rb"\s{0,40}(" + _NUMBER + rb")"] * 4))
_REFERENCES = re.compile(rb"(\d{1,10})\s{1,20}\d{1,5}\s{1,20}R")
_REFERENCE = re.compile(rb"\s{0,40}(\d{1,10})\s{1,20}(\d{1,5})\s{1,20}R")
_PLAIN_ACTION = re.compile(
    rb"\s{0,40}(?:\d{1,10}\s{1,20}\d{1,5}\s{1,20}obj\s{0,40})?(?:\[|<<[^>]{0,200}/GoTo(?![A-Za-z]))"
)
_FILE_LINK = re.compile(
    rb"\s{0,40}(?:\(\s{0,40}(?:file:|smb:|\\\\)|<\s{0,40}(?:66696[Cc]65|736[Dd]62|5[Cc]5[Cc]))", re.IGNORECASE
)
_OWNER = re.compile(rb"(\d{1,10})\s{1,20}\d{1,5}\s{1,20}\Z")
_SECTION = re.compile(rb"\s{0,32}(?:(xref)\b|\d{1,10}\s{1,20}\d{1,5}\s{1,20}obj\b)")
_START = re.compile(rb"startxref\s{1,40}(\d{1,12})")
_PREVIOUS = re.compile(rb"/Prev\s{1,40}(\d{1,12})")
_COUNTED = re.compile(rb"\s{1,40}(\d{1,12})")
_FIRST = re.compile(rb"/First\s{1,40}(\d{1,9})")
_FILTER = re.compile(rb"/Filter\s{0,40}(\[[^\]]{0,200}\]|/\w{1,40})")
_DEEP_ARRAY = b"[" * 200
_BRACKETS = re.compile(rb"<<|>>|[\[\]]")
_DEPTH = 100
_VISITS = 20_000
_OBJECT_BYTES = 262_144
_KIDS_BYTES = 8_388_608
_SCANNED_PER_STEP = 9  # 512 bytes read over count as one step
_XREF_BYTES = 16_777_216
_ENDING = 2_048
Owner = Callable[[int], int]


def look(data: bytes, inspection: Inspection) -> None:
    """Look into a whole PDF."""
    tree = _Tree(data, inspection)
    tree.read(data, lambda start: _owner_in_file(data, start))
    if not tree.is_encrypted:
        for text, owners in _object_streams(data, tree.stream_places, inspection):
            tree.read(text, owners)
        tree.measure()
    _follow_xref(data, inspection)
    if _is_deep(data, inspection):
        inspection.seal(TOO_LARGE, "depth")


def look_part(part: bytes, inspection: Inspection) -> None:
    """Look at a stretch of a PDF: what stands there is found, what does not is not known."""
    _Tree(part, inspection).read(part, lambda start: 0)


class _Tree:
    """The page tree while it is pieced together, and what the tokens say besides."""

    def __init__(self, data: bytes, inspection: Inspection) -> None:
        """Nothing read yet."""
        self._data = data
        self._inspection = inspection
        self._kids: dict[int, list[int]] = {}
        self._roots: set[int] = set()
        self._claimed = self._pages = 0
        self.stream_places: list[int] = []
        self.is_encrypted = False

    def read(self, text: bytes, owner: Owner) -> None:
        """Take up the tokens of the file itself, or of one object stream."""
        acts = {b"MediaBox": self._box, b"Page": self._page, b"URI": self._link, b"OpenAction": self._opening}
        for match in _TOKEN.finditer(text):
            if not self._inspection.step():
                return
            name = match[1] if b"#" not in match[1] else _ESCAPE.sub(_unescaped, match[1])
            if name in _ACTIVE:
                if len(name) > _SHORT or _is_written(text, match.start(), match.end()):
                    self._inspection.flag(ACTIVE, _ACTIVE[name])
            elif name in acts:
                acts[name](text, match.start(), match.end())
            elif name == b"Encrypt":
                self.is_encrypted = True
                self._inspection.seal(ENCRYPTED)
            elif name == b"ObjStm":
                self.stream_places.append(match.start())
            elif name in (b"Kids", b"Count"):
                self._node(text, match.start(), match.end(), owner)

    def measure(self) -> None:
        """Count the pages by walking the tree; a tree that turns back or goes too deep is refused."""
        leaves = [self._leaves_under(root) for root in self._roots]
        pages = max(leaves, default=self._pages)
        self._inspection.count_pages(max(pages, self._claimed))
        if not pages and not any(code in (UNSEEN, TOO_LARGE) for code, _ in self._inspection.found):
            self._inspection.flag(DAMAGED, "no_pages")

    def _leaves_under(self, root: int) -> int:
        leaves, visits, waiting = 0, 0, [(root, 1)]
        while waiting and leaves <= self._inspection.limits.pages and visits < _VISITS:
            number, depth = waiting.pop()
            visits += 1
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
        """An action on opening is harmless when it only turns to a page."""
        if _PLAIN_ACTION.match(text, end):
            return
        reference = _REFERENCE.match(text, end)
        if reference and self._inspection.step(len(self._data) >> _SCANNED_PER_STEP):
            place = self._data.find(b"%s %s obj" % (reference[1], reference[2]))
            if place >= 0 and _PLAIN_ACTION.match(self._data, place):
                return
        self._inspection.flag(ACTIVE, "open_action")

    def _node(self, text: bytes, start: int, end: int, owner: Owner) -> None:
        """A node of a tree: its kids, and whether it is one of the page tree; the last of a number counts."""
        is_count = text.startswith(b"/Count", start)
        counted = _COUNTED.match(text, end) if is_count else None
        if is_count and (counted is None or int(counted[1]) <= self._inspection.limits.pages):
            return
        body = self._around(text, start, end)
        if counted is not None:
            if b"/Kids" in body:
                self._claimed = max(self._claimed, int(counted[1]))
            return
        number = owner(start)
        listed = text[end : text.find(b"]", end, end + _KIDS_BYTES) + 1]
        self._kids[number] = [int(one) for one in _REFERENCES.findall(listed)]
        self._inspection.step(len(listed) >> _SCANNED_PER_STEP)
        if b"/Pages" in body:
            self._roots.add(number)

    def _around(self, text: bytes, start: int, end: int) -> bytes:
        """The object that a place lies in, as far as it can be told; what is read for it counts as steps."""
        opening = text.rfind(b"obj", max(0, start - _OBJECT_BYTES), start)
        closing = text.find(b"endobj", end, end + _OBJECT_BYTES)
        body = text[opening if opening >= 0 else max(0, start - 400) : closing if closing >= 0 else end + 400]
        looked = _OBJECT_BYTES if opening < 0 or closing < 0 else len(body)
        self._inspection.step(looked >> _SCANNED_PER_STEP)
        return body


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


def _owner_in_file(data: bytes, start: int) -> int:
    """The number of the object that a place lies in; 0 when it lies in none."""
    at = data.rfind(b"obj", max(0, start - _OBJECT_BYTES), start)
    number = _OWNER.search(data[max(0, at - 40) : max(0, at)])
    return int(number[1]) if number else 0


def _object_streams(data: bytes, places: list[int], inspection: Inspection) -> Iterator[tuple[bytes, Owner]]:
    """The texts of the object streams as far as the effort reaches, each with who owns which place in it."""
    for place in places:
        opening = max(0, data.rfind(b"obj", max(0, place - 4_096), place))
        keyword = data.find(b"stream", place, place + 4_096)
        first = _FIRST.search(data, opening, keyword) if keyword >= 0 else None
        text = _plain(data, opening, keyword, inspection) if first else None
        if text is None or first is None:
            inspection.flag(UNSEEN, "object_stream")
            continue
        yield text, _owner_in_stream(text, int(first[1]))


def _plain(data: bytes, opening: int, keyword: int, inspection: Inspection) -> bytes | None:
    """The plain bytes of an object stream; None when it is packed otherwise than by Flate, or larger than allowed."""
    header = data[opening:keyword]
    start = keyword + len(b"stream")
    start += 2 if data.startswith(b"\r\n", start) else 1
    packing = _FILTER.search(header)
    if packing is None:
        end = data.find(b"endstream", start)
        return data[start : end if end >= 0 else start + _OBJECT_BYTES]
    if packing[1].strip(b"[] \t\r\n/") not in (b"FlateDecode", b"Fl") or b"/Predictor" in header:
        return None
    most = inspection.left_to_inflate
    try:
        text = zlib_ng.decompressobj().decompress(memoryview(data)[start:], most + 1) if most else b""
    except _STREAM_ERROR:
        inspection.inflated += most
        return None
    inspection.inflated += len(text)
    return text if 0 < len(text) <= most else None


def _owner_in_stream(text: bytes, first: int) -> Owner:
    """An object stream begins with pairs of number and place（§7.5.7）."""
    pairs = [int(one) for one in re.findall(rb"\d{1,10}", text[: min(first, _OBJECT_BYTES)])]
    listed = sorted(zip((first + at for at in pairs[1::2]), pairs[::2], strict=False))
    places = [place for place, _ in listed]

    def owner(start: int) -> int:
        at = bisect_right(places, start) - 1
        return listed[at][1] if at >= 0 else 0

    return owner


def _follow_xref(data: bytes, inspection: Inspection) -> None:
    """From the end along /Prev; a chain that turns back never ends in a careless reader（A10）."""
    ending = data[-_ENDING:]
    starts = _START.findall(ending)
    if not starts or b"%%EOF" not in ending:
        inspection.flag(DAMAGED, "ending")
        return
    place, seen, read = int(starts[-1]), set[int](), 0
    while inspection.step() and read < _XREF_BYTES:
        if place in seen:
            inspection.seal(TOO_LARGE, "xref_loop")
            return
        seen.add(place)
        section = _SECTION.match(data, place)
        if section is None:
            inspection.flag(DAMAGED, "xref")
            return
        at = data.find(b"trailer", place, place + _XREF_BYTES) if section[1] else place
        read += max(at - place, 0) + _ENDING
        ends = data.find(
            b"stream" if not section[1] else b"startxref", max(at, place), max(at, place) + 4_096
        )
        previous = _PREVIOUS.search(data, max(at, place), ends if ends >= 0 else max(at, place) + 4_096)
        if previous is None:
            return
        place = int(previous[1])
    inspection.flag(UNSEEN, "xref")


def _is_deep(data: bytes, inspection: Inspection) -> bool:
    """Whether arrays and dictionaries nest deeper than any document needs; counted only by a thorough look."""
    if not inspection.effort.is_thorough:
        return _DEEP_ARRAY in data
    for part in _outside_streams(data):
        depth = 0
        for match in _BRACKETS.finditer(part):
            if not inspection.step():
                return False
            depth = depth + 1 if match[0] in (b"<<", b"[") else max(0, depth - 1)
            if depth > len(_DEEP_ARRAY):
                return True
    return False


def _outside_streams(data: bytes) -> Iterator[bytes]:
    place = 0
    while (at := data.find(b"stream", place)) >= 0:
        yield data[place:at]
        end = data.find(b"endstream", at)
        if end < 0:
            return
        place = end + len(b"endstream")
    yield data[place:]
