"""The work of the confined worker: a doubtful file in, plain pixels or plain characters out.

Only the confined worker imports this module: Pillow and pdfium parse hostile bytes here and nowhere else. What comes
out is a list of JPEG or PNG pictures, or one text; the parent checks every byte of it and writes the PDF itself.
"""

import codecs
import io
import warnings
from collections.abc import Callable, Iterator, Mapping

import PIL
import pypdfium2
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from todoke.proof.sniff import FileKind

from .paper import pdf_of
from .previews import ENCODINGS, preview

DPI = 150  # security.md 6.9: 0.15 s a page, readable in print
POINTS = 72
QUALITY = 85
FORMATS = {
    FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.GIF: "GIF", FileKind.TIFF: "TIFF",
}  # fmt: skip
Parts = Iterator[bytes]


class Refused(Exception):
    """No copy: `args[0]` is one of broken, encrypted, pages, pixels."""


def prepare() -> None:
    """Load every decoder, by using each once on a file of our own: the confined worker can open no file later."""
    for name in FORMATS.values():
        target = io.BytesIO()
        Image.new("L", (8, 8)).save(target, name)
        _plain(Image.open(io.BytesIO(target.getvalue()), formats=[name]))
    picture = _jpeg(Image.new("RGBA", (8, 8)))
    _png(Image.new("RGBA", (8, 8)))
    document = pypdfium2.PdfDocument(pdf_of([picture]))
    document.init_forms()
    _page(document, 0, 1_000_000)
    for encoding in ENCODINGS:
        codecs.getincrementaldecoder(encoding)()


def sanitise(document: Mapping[str, object], data: memoryview) -> tuple[dict[str, object], bytes]:
    """Make the parts of a copy; see copies.Question for `document`. Never raises for what stands in the file."""
    kind = FileKind(str(document["kind"]))
    pages, pixels = int(str(document["pages"])), int(str(document["pixels"]))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            Image.MAX_IMAGE_PIXELS = pixels
            if kind is FileKind.PDF:
                return _answer(*_pages_of_pdf(data, pages, pixels), tool=f"pdfium {_pdfium()}")
            if kind in FORMATS:
                return _answer(*_pictures(kind, data, pages), tool=f"Pillow {PIL.__version__}")
        text, is_partial = preview(bytes(data), is_cut=bool(document.get("is_cut")))
        return _answer("text", [text.encode()], 1, is_partial, tool="preview 1")
    except Refused as why:
        return {"refused": str(why)}, b""


def _pdfium() -> str:
    return f"{pypdfium2.version.PDFIUM_INFO.build}, pypdfium2 {pypdfium2.version.PYPDFIUM_INFO}"


def _answer(
    kind: str, parts: list[bytes], pages: int, is_partial: bool, *, tool: str
) -> tuple[dict[str, object], bytes]:
    lengths = [len(part) for part in parts]
    answer: dict[str, object] = {
        "kind": kind, "lengths": lengths, "pages": pages, "is_partial": is_partial, "tool": tool,
    }  # fmt: skip
    return answer, b"".join(parts)


def _pages_of_pdf(data: memoryview, most: int, pixels: int) -> tuple[str, list[bytes], int, bool]:
    """Every page as a picture; forms are drawn as they were filled in, scripts are not known to this build of pdfium."""
    try:
        document = pypdfium2.PdfDocument(bytes(data))
    except pypdfium2.PdfiumError as broken:
        raise Refused("encrypted" if "assword" in str(broken) else "broken") from broken
    count = len(document)
    if not 0 < count <= most:
        raise Refused("pages" if count else "broken")
    document.init_forms()
    return "jpeg", [_page(document, number, pixels) for number in range(count)], count, False


def _page(document: pypdfium2.PdfDocument, number: int, pixels: int) -> bytes:
    try:
        page = document[number]
        width, height = page.get_size()
        if width * height * (DPI / POINTS) ** 2 > pixels:
            raise Refused("pixels")
        picture = page.render(scale=DPI / POINTS).to_pil().convert("RGB")
        page.close()
    except pypdfium2.PdfiumError as broken:
        raise Refused("broken") from broken
    return _jpeg(picture)


def _pictures(kind: FileKind, data: memoryview, most: int) -> tuple[str, list[bytes], int, bool]:
    """A picture of one frame stays JPEG or becomes PNG; one of several becomes pages."""
    try:
        return _strictly(kind, data, most)
    except (OSError, SyntaxError, ValueError):
        ImageFile.LOAD_TRUNCATED_IMAGES = True  # a photograph that breaks off still shows what came
    try:
        name, parts, frames, _ = _strictly(kind, data, most)
    except (OSError, SyntaxError, ValueError) as broken:
        raise Refused("broken") from broken
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return name, parts, frames, True


def _strictly(kind: FileKind, data: memoryview, most: int) -> tuple[str, list[bytes], int, bool]:
    try:
        picture = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as flood:
        raise Refused("pixels") from flood
    except UnidentifiedImageError as unknown:
        raise Refused("broken") from unknown
    frames = 1 if kind is FileKind.JPEG else int(getattr(picture, "n_frames", 1))
    if frames > most:
        raise Refused("pages")
    if frames == 1:
        write: Callable[[Image.Image], bytes] = _jpeg if kind is FileKind.JPEG else _png
        return ("jpeg" if kind is FileKind.JPEG else "png"), [write(_plain(picture))], 1, False
    return "jpeg", list(_frames(picture, frames)), frames, False


def _frames(picture: Image.Image, count: int) -> Parts:
    for number in range(count):
        picture.seek(number)
        yield _jpeg(_plain(picture.copy()))


def _plain(picture: Image.Image) -> Image.Image:
    """Only pixels, the right way up, in eight bits: no EXIF, no profile, no comment."""
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith(("I", "F")):
        low, high = turned.getextrema()
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            raise Refused("broken")
        span = 65_535 if turned.mode.startswith("I") and low >= 0 and high > 255 else (high - low or 1)
        start = 0 if span == 65_535 else low
        turned = turned.convert("F").point(lambda value: (value - start) * (255 / span)).convert("L")
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    wanted = "RGBA" if has_alpha else "L" if turned.mode in ("1", "L") else "RGB"
    plain = turned.convert(wanted)
    plain.info = {}
    return plain


def _jpeg(picture: Image.Image) -> bytes:
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    target = io.BytesIO()
    picture.convert("L" if picture.mode == "L" else "RGB").save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _png(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
