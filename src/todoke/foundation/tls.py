"""The encrypted way to another machine: the other side is always checked, and may ask who we are（相互TLS）.

Source: security reference §6.6; ASVS 5.0.0 12.1.3 and 12.3.4.
"""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from .errors import TodokeError
from .transport import Transport


class TransportUnreadable(TodokeError):
    """A certificate or key of the connection cannot be read, or the two do not belong together."""

    code: ClassVar[str] = "SYS-930"
    sentence: ClassVar[str] = (
        "通信用の証明書（{which}）を読めません。ファイルの場所と中身を確かめてください。"
    )


def context_of(transport: Transport) -> ssl.SSLContext:
    """How to connect: TLS 1.2 or later, the name and the validity of the other side always checked.

    Read anew when a file has changed. Raises TransportUnreadable.
    """
    files = (transport.authority_file, transport.certificate_file, transport.key_file)
    return _context(transport, tuple(_stamp(place) for place in files))


def _stamp(place: str) -> int:
    try:
        return Path(place).stat().st_mtime_ns if place else 0
    except OSError:
        return -1


@lru_cache(maxsize=32)
def _context(transport: Transport, _stamps: tuple[int, ...]) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=transport.authority_file or None)
    except (OSError, ssl.SSLError) as unreadable:
        raise TransportUnreadable(which="authority_file") from unreadable
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if transport.certificate_file:
        try:
            context.load_cert_chain(transport.certificate_file, transport.key_file or None)
        except (OSError, ssl.SSLError) as unreadable:
            raise TransportUnreadable(which="certificate_file") from unreadable
    return context


def is_refused_peer(trouble: BaseException | None) -> bool:
    """Whether a connection failed because one side did not accept the other's certificate."""
    seen: set[int] = set()
    while trouble is not None and id(trouble) not in seen:
        if isinstance(trouble, ssl.SSLError):
            return True
        seen.add(id(trouble))
        trouble = trouble.__cause__ or trouble.__context__
    return False
