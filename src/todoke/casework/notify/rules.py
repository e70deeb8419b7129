"""Which words a channel has for a 処理状況, what stands in a notice, and how a portal's answer is read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jsonschema import Draft202012Validator

from todoke.casework.cases.values import CaseStatus, ToTell

from .errors import NoticeTrouble, WordsInvalid
from .values import ChannelWords, Notice, NotTaken, Registered, StatusApi, Told, Word

Document = Mapping[str, Any]  # YAML that the schema has checked, or JSON of the other side
CODE_LENGTH = 40


def read_words(name: str, document: Any, schema: Document) -> ChannelWords:  # Any: it comes from YAML
    """The words in a document; raises WordsInvalid, naming the place. Every 処理状況 has a word."""
    found = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda one: one.json_path)
    if found:
        raise WordsInvalid(profile=name, where=found[0].json_path)
    missing = [status for status in CaseStatus if status.value not in document["words"]]
    if missing or document["name"] != name:
        raise WordsInvalid(profile=name, where=f"$.words.{missing[0].value}" if missing else "$.name")
    return ChannelWords(
        name=name,
        is_confirmed=document["provenance"]["status"] == "確認済",
        words={status: Word(**document["words"][status.value]) for status in CaseStatus},
        message_length=document["message_length"],
        api=_api(document["api"]) if "api" in document else None,
    )


def _api(document: Document) -> StatusApi:
    return StatusApi(path=document["path"], **document["fields"], **document["answer"])


def notice_of(event: ToTell, words: ChannelWords) -> Notice:
    """What is told of an event. The key stays the same however often the notice is sent, also after a restore."""
    word = words.words[event.status]
    return Notice(
        key=_key(event), event_id=event.event_id, case_id=event.case_id,
        case_uuid=str(event.uuid), channel=event.channel, receipt_number=event.receipt_number, status=event.status,
        code=word.code, word=word.word, message=word.message, message_length=words.message_length,
    )  # fmt: skip


def _key(event: ToTell) -> str:
    """Case, version, status and what the clerk wrote: the same act done again after a restore is told once.

    Numbers of rows would not do: after a restore they are given out anew.
    """
    note = hashlib.sha256(event.note.encode()).hexdigest()[:16] if event.note else "-"
    return f"{event.uuid}:{event.version}:{event.status.value}:{note}"


def notice_from(key: str, payload: Document) -> Notice:
    """A notice as it was put into the ledger."""
    return Notice(key=key, **{**payload, "status": CaseStatus(payload["status"])})


def payload_of(notice: Notice) -> dict[str, str | int]:
    """A notice as the ledger keeps it."""
    told = Told(
        notice.case_id, notice.key.split(":")[0], notice.event_id, notice.channel, notice.receipt_number,
        notice.code, notice.word, notice.message,
    )  # fmt: skip
    return asdict(told)


def told(payload: str) -> Told:
    """A notice read back from the ledger."""
    return Told(**json.loads(payload))


def message_text(fixed: str, note: str, length: int) -> str:
    """The fixed message, then what the clerk wrote. Longer than the channel takes: the note goes first, whole.

    A message that is still too long is refused by the portal rather than cut by us.
    """
    both = "\n".join(part for part in (fixed, note.strip()) if part)
    return both if len(both) <= length or not note.strip() else note.strip()


def request_body(api: StatusApi, *, receipt_number: str, code: str, message: str, key: str) -> dict[str, str]:
    """The fields of a registration under the portal's names."""
    return {api.receipt_number: receipt_number, api.status: code, api.message: message, api.key: key}


def read_answer(api: StatusApi, document: Document, *, is_success: bool) -> Registered | NotTaken:
    """What a portal's answer says; raises NoticeTrouble when it says nothing we know."""
    if is_success and dig(document, api.registered) is True:
        return Registered(is_duplicate=dig(document, api.duplicate) is True)
    errors = dig(document, api.errors)
    if not is_success and isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return NotTaken(str(errors[0].get(api.error_code, ""))[:CODE_LENGTH])
    raise NoticeTrouble


def dig(document: object, path: str) -> object:
    """The value at a dotted path of JSON objects; None where there is none."""
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document
