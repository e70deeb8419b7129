"""A document as the one YAML text of packs, and back from a YAML text that may be hostile.

Reading takes the plain part of YAML only（YAML 1.2 の核）: no anchors and aliases（the billion laughs）, no tags, no key
twice, no merge keys, one document; `yes`, `no` and dates are text. What is written is always spelt the same way, so that
a workbook's way back gives the same bytes.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from .documents import Document

MOST_BYTES = 4_000_000
MOST_EVENTS = 100_000
DEEPEST = 12
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
_PLAIN = re.compile(r"[^\W\d_][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff,\[\]{}:#&*!|>'\"%@`\\?=]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BLOCK_PARTS = frozenset({"nodes", "windows", "supports", "indicators"})


def read(text: bytes) -> Document:
    """The document of a YAML text（UTF-8）. Raises ValueError with what is wrong and at which line."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"大きすぎます（上限 {MOST_BYTES:,} バイト）")
    try:
        decoded = text.decode("utf-8-sig")
        events = iter(_checked(yaml.parse(decoded, Loader=_LOADER)))
        document = _value(next(events), events)
        for _ in events:  # what follows is judged as well: a second document is refused
            pass
    except UnicodeDecodeError as broken:
        raise ValueError("文字コードが UTF-8 ではありません") from broken
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        raise ValueError(
            f"{mark.line + 1}行目: YAML の書き方が正しくありません" if mark else "YAML ではありません"
        ) from broken
    except StopIteration as empty:
        raise ValueError("空のファイルです") from empty
    if not isinstance(document, dict):
        raise ValueError("先頭が「項目: 値」の形ではありません")
    return document


def _checked(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    depth = documents = 0
    for number, event in enumerate(events):
        line = _line_of(event)
        if number > MOST_EVENTS:
            raise ValueError(f"{line}行目: 項目が多すぎます")
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise ValueError(f"{line}行目: 一つのファイルに文書は一つだけです")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ValueError(f"{line}行目: アンカー（&, *）は使えません")
        if getattr(event, "tag", None):
            raise ValueError(f"{line}行目: タグ（!）は使えません")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"{line}行目: 入れ子が深すぎます")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.CollectionEndEvent):
            yield event


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _value(event: yaml.Event, events: Iterator[yaml.Event]) -> Any:  # Any: JSON
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    found: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
    for one in events:
        if isinstance(one, yaml.CollectionEndEvent):
            return found
        if isinstance(found, list):
            found.append(_value(one, events))
            continue
        if not isinstance(one, yaml.ScalarEvent):
            raise ValueError(f"{_line_of(one)}行目: 項目名は文字で書いてください")
        if one.value in found:
            raise ValueError(f"{_line_of(one)}行目: 項目「{one.value[:40]}」が二度あります")
        found[one.value] = _value(next(events), events)
    raise ValueError("途中で終わっています")


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    text = event.value
    if event.style:  # quoted or a block: always text
        return str(text)
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return bool(text == "true")
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else str(text)


def write(document: Mapping[str, Any]) -> bytes:
    """The YAML text of a document: the same document always gives the same bytes, and `read` gives it back."""
    return ("\n".join(_lines(document)) + "\n").encode()


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        if name == "codelists":
            yield f"{name}:"
            for code, concepts in value.items():
                yield f"  {_word(code)}:"
                yield from (f"    - {_flow(one)}" for one in concepts)
        elif isinstance(value, list) and value:
            yield f"{_word(name)}:"
            for entry in value:
                yield from _entry(entry, is_block=name in BLOCK_PARTS)
        else:
            yield f"{_word(name)}: {_flow(value)}"


def _entry(entry: object, *, is_block: bool) -> Iterator[str]:
    if not is_block or not isinstance(entry, Mapping):
        yield f"  - {_flow(entry)}"
        return
    lead = "  - "
    for name, value in entry.items():
        yield f"{lead}{_word(name)}: {_flow(value)}"
        lead = "    "


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(name)}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _word(value) if isinstance(value, str) else format(value, "g" if isinstance(value, float) else "d")


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS:
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(one) or _escaped(one) for one in text) + '"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("使えない文字があります")
    return character if character.isprintable() else f"\\U{code:08X}"
