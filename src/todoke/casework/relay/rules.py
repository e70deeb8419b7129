"""Reading a channel's profile, its answers and its file names: values in, values or errors out."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from todoke.proof import serials

from .errors import FileNameUnknown, ListFailed
from .values import (
    ApiProfile,
    ChannelKind,
    ChannelProfile,
    CheckProfile,
    FolderProfile,
    Listed,
    ListProfile,
    LoginProfile,
    Provenance,
    RecordedCheck,
    RecordedStanding,
)

LABEL_LENGTH = 200
CHECK_LENGTH = 8_000
HASHED = "sha256-hex"
Answer = Mapping[str, Any]  # JSON of the other side, or YAML that the schema has checked


def profile_of(document: Answer) -> ChannelProfile:
    """The profile that a schema-checked document describes."""
    api, folder = document.get("api"), document.get("folder")
    return ChannelProfile(
        name=document["name"],
        kind=ChannelKind(document["kind"]),
        provenance=Provenance(**{key: str(value) for key, value in document["provenance"].items()}),
        receipt_pattern=document["receipt_pattern"],
        file_pattern=document["file_pattern"],
        overlap_minutes=document.get("overlap_minutes", 0),
        poll_seconds=document.get("poll_seconds", 60),
        start=datetime.fromisoformat(document.get("start", "2020-01-01T00:00:00+09:00")),
        api=_api(api) if api else None,
        folder=FolderProfile(folder["stable_seconds"], folder["done"]) if folder else None,
    )


def _api(part: Answer) -> ApiProfile:
    fields, query = part["list"]["fields"], part["list"]["query"]
    return ApiProfile(
        login=LoginProfile(**part["login"]),
        list=ListProfile(
            path=part["list"]["path"],
            since=query["since"],
            until=query["until"],
            page=query["page"],
            items=part["list"]["items"],
            pages=part["list"]["pages"],
            **fields,
        ),
        fetch_path=part["fetch"]["path"],
        fetch_received_at=part["fetch"].get("received_at", ""),
        token_header=part["headers"]["token"],
        provider_header=part["headers"]["provider"],
        expired_status=part["expired_status"],
        timeout_seconds=part["timeout_seconds"],
        slowest_bytes_per_second=part["slowest_bytes_per_second"],
        check=_check_profile(part["check"]) if "check" in part else None,
    )


def _check_profile(part: Answer) -> CheckProfile:
    words = {word: RecordedStanding(standing) for word, standing in part["words"].items()}
    return CheckProfile(**{**part, "words": words})


def dig(answer: Any, path: str) -> Any:  # Any: JSON of unknown shape
    """The value at a dotted path of a JSON answer; None where the path ends early."""
    for key in path.split("."):
        if not isinstance(answer, Mapping):
            return None
        answer = answer.get(key)
    return answer


def login_body(profile: LoginProfile, *, provider: str, password: str) -> Mapping[str, str]:
    """What is posted to sign in; some interfaces take the password as hexadecimal SHA-256."""
    if profile.password_form == HASHED:
        password = hashlib.sha256(password.encode()).hexdigest()
    return {profile.provider_field: provider, profile.password_field: password}


def page_of(answer: Answer, profile: ListProfile) -> tuple[list[Answer], int]:
    """The rows of one list page and how many pages there are. Raises ListFailed when the answer is no list."""
    rows, pages = dig(answer, profile.items), dig(answer, profile.pages)
    if not isinstance(rows, list) or isinstance(pages, bool) or not isinstance(pages, int):
        raise ListFailed(reason="shape")
    return rows, pages


def recorded_check(row: Answer, profile: CheckProfile, source: str) -> RecordedCheck | None:
    """The verification result in a row of the list, read by the profile and kept as received; None where there is none.

    A word that the profile does not know, or anything that cannot be read, is UNKNOWN: never good.
    """
    found = dig(row, profile.place)
    if found is None:
        return None
    received = json.dumps(found, ensure_ascii=False, sort_keys=True)
    if len(received) > CHECK_LENGTH or "\\u0000" in received:
        return RecordedCheck("", RecordedStanding.UNKNOWN, source=source)
    word = dig(found, profile.standing)
    return RecordedCheck(
        received, profile.words.get(str(word), RecordedStanding.UNKNOWN),
        _text(found, profile.checked_by), _moment(dig(found, profile.checked_at)), _text(found, profile.means),
        _moment(dig(found, profile.since)) if profile.since else None, _serial(found, profile.serial), source,
    )  # fmt: skip


def _text(found: object, path: str) -> str:
    value = dig(found, path)
    return label_of(value) if isinstance(value, str) else ""


def _serial(found: object, path: str) -> str:
    """A serial as stated, in our one form; as it stands where it is none, so that it fits no certificate."""
    stated = _text(found, path) if path else ""
    return serials.normalise(stated) or stated[:100]


def source_of(profile: ChannelProfile) -> str:
    """By what a result was read: the profile's name, edition, and whether anybody has confirmed it."""
    return f"{profile.name} {profile.provenance.edition} {profile.provenance.status}"[:LABEL_LENGTH]


def listed_row(row: Answer, profile: ListProfile, receipt_pattern: str) -> Listed | None:
    """One row of the list; None when it lacks a well-formed 受付番号 or 受付日時."""
    receipt, size = dig(row, profile.receipt_number), dig(row, profile.size)
    received_at = _moment(dig(row, profile.received_at))
    if not isinstance(receipt, str) or not is_receipt(receipt, receipt_pattern) or received_at is None:
        return None
    procedure = dig(row, profile.procedure)
    is_size = isinstance(size, int) and not isinstance(size, bool)
    return Listed(
        receipt, received_at, procedure[:20] if isinstance(procedure, str) else "", size if is_size else None
    )


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def is_receipt(text: str, pattern: str) -> bool:
    """Whether a text is a 受付番号 of the channel: the whole of it, ASCII digits only."""
    return re.fullmatch(pattern, text, re.ASCII) is not None


def receipt_of_file(name: str, pattern: str) -> str:
    """The 受付番号 in a file's name. Raises FileNameUnknown."""
    found = re.fullmatch(pattern, name, re.ASCII)
    if found is None:
        raise FileNameUnknown
    return found["receipt"]


def label_of(name: str) -> str:
    """A file's name as a label: printable, at most 200 characters."""
    return "".join(character if character.isprintable() else "?" for character in name)[:LABEL_LENGTH]


def chunks_within_declared(chunks: Iterator[bytes], declared: int | None) -> Iterator[bytes]:
    """Pass chunks on; raise ValueError when their total is not the declared size in bytes."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if declared is not None and total > declared:
            raise ValueError("declared size differs")
        yield chunk
    if declared is not None and total != declared:
        raise ValueError("declared size differs")


def start_of_list(position: datetime | None, profile: ChannelProfile) -> datetime:
    """Where a list begins: a little before what was read last, because rows may come late; else at the very start."""
    return profile.start if position is None else position - timedelta(minutes=profile.overlap_minutes)
