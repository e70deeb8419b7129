"""Pictures and documents that are drawn when the test runs."""

import io

from PIL import Image

from todoke.casework.screening.rules.paper import pdf_of

SECRET = b"todoke-canary"


def drawn(name: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    """A plain picture in a format."""
    target = io.BytesIO()
    Image.new(mode, size).save(target, name, **more)
    return target.getvalue()


def photograph(orientation: int = 6) -> bytes:
    """A JPEG that is turned by its EXIF, says who took it and where, and has a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return drawn("JPEG", exif=exif, comment=SECRET)


def pages(count: int) -> bytes:
    """A TIFF of several pages."""
    target = io.BytesIO()
    first, *others = (Image.new("L", (20 + number, 20), 128) for number in range(count))
    first.save(target, "TIFF", save_all=True, append_images=others)
    return target.getvalue()


def paper(count: int = 1) -> bytes:
    """A plain PDF of several pages."""
    return pdf_of([drawn("JPEG", size=(124, 175))] * count)


def with_script(count: int = 1) -> bytes:
    """A PDF that runs a script when it is opened; its references are then off, which readers mend."""
    script = b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    return paper(count).replace(b"/Type /Catalog", script)
