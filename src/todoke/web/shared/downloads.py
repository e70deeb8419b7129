"""Files on their way out: never opened in the browser as a page of ours, under a name that cannot break a header."""

from collections.abc import Iterator
from urllib.parse import quote

from django.http import StreamingHttpResponse

TYPES = {
    "pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "tiff": "image/tiff",
    "csv": "text/csv", "text": "text/plain; charset=utf-8",
    "doc": "application/msword",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
UNKNOWN = "application/octet-stream"


def as_download(chunks: Iterator[bytes], *, name: str, kind: str, size: int | None) -> StreamingHttpResponse:
    """A file as an attachment（RFC 6266）: our own content type, sandboxed, not stored by anybody on the way.

    `size`: bytes; None while nobody knows. A file that breaks off then does so visibly, because it is sent in chunks.
    """
    response = StreamingHttpResponse(chunks, content_type=TYPES.get(kind, UNKNOWN))
    response.headers["Content-Disposition"] = disposition(name)
    if size is not None:
        response.headers["Content-Length"] = str(size)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def disposition(name: str) -> str:
    """`attachment` with an ASCII name for old programs and the real one in UTF-8（RFC 8187）."""
    cleaned = "".join(one if one.isprintable() and one not in '/\\"' else "_" for one in name) or "file"
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in cleaned)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
