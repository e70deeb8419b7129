"""Time-based codes（RFC 6238: HMAC-SHA-1, 30 s, six digits, as every authenticator has them）and recovery codes."""

import base64
import hashlib
import hmac
import struct
from collections.abc import Collection
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SKEW = 1  # steps before and after the present one, for clocks that are a little off
SECRET_BYTES = 20  # RFC 4226 §4 R6: 160 bits
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits: a plain hash of one cannot be searched
EVERYBODY = "all"
_GROUP = 4


def step_of(at: datetime) -> int:
    """The time step in which a moment lies（RFC 6238 §4.2, T0 = 0）."""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of one step（RFC 4226 §5.3: dynamic truncation）."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: bytes, code: str, *, at: datetime, last_step: int) -> int | None:
    """The step whose code this is, within one step of now and after the last one used; None for a wrong code.

    A clock that has been put back finds no step after the last one: codes then fail until time has caught up.
    """
    here, found = step_of(at), None
    for step in range(here - SKEW, here + SKEW + 1):
        is_right = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if is_right and step > last_step:
            found = step
    return found


def cleaned(typed: str) -> str:
    """What was typed without spaces and hyphens, full width as half width, in capitals."""
    half = "".join(chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else one for one in typed)
    return "".join(one for one in half if one.isascii() and one.isalnum()).upper()


def is_code(cleaned_text: str) -> bool:
    """Whether it looks like a code of an authenticator; anything else is taken for a recovery code."""
    return len(cleaned_text) == DIGITS and cleaned_text.isdigit()


def as_text(secret: bytes) -> str:
    """Base32 in groups of four, to be typed where no QR code can be read; recovery codes look the same."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def address_of(secret: bytes, *, issuer: str, account: str) -> str:
    """The otpauth address that an authenticator reads from a QR code."""
    text = base64.b32encode(secret).decode().rstrip("=")
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': text, 'issuer': issuer, 'digits': DIGITS, 'period': STEP_SECONDS})}"


def recovery_hash(staff_id: int, cleaned_text: str) -> str:
    """What is kept of a recovery code（80 random bits, so that a plain hash is enough）."""
    return hashlib.sha256(f"todoke recovery code\n{staff_id}\n{cleaned_text}".encode()).hexdigest()


def must_have(roles: Collection[str], policy: Collection[str]) -> bool:
    """Whether the policy asks a second step of somebody with these roles."""
    return EVERYBODY in policy or not frozenset(roles).isdisjoint(policy)


def program_of(agent: str) -> str:
    """Which browser a session runs in, as a person would say it; never the whole text, which anybody can send."""
    for word, name in (
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ):
        if word in agent:
            return name
    return "ほかのプログラム"
