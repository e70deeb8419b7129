"""What a line of the log may say: known fields of known shapes, one line, short. Everything else stays out.

No name, address, serial, resident number or attachment ever enters a log（個人情報保護委員会ガイドライン 別添1 2C-c）, and
nothing that came from outside can forge a line or move a terminal's cursor (bad-inputs W31).
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from todoke.foundation.errors import whereabouts

Line = MutableMapping[str, Any]  # Any: structlog's own type of an event
Shape = Callable[[object], bool]
LONGEST = 200
FRAMES = 8
TOO_LONG_A_NUMBER = re.compile(r"[0-9]{12}")  # 個人番号 has 12 digits, a 受付番号 15, a serial more
LARGEST = 10**11

_EVENT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*((?: [a-z_]+=%[sd])*)")
_WORD = re.compile(r"[A-Za-z0-9_.,:+-]{1,64}")
_PLACE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*( at ([\w.]+:[0-9]+|-))?")
_BODY = re.compile(r"[0-9]{6}")
_REQUEST = re.compile(r"[0-9a-f]{16}")


def _text(pattern: re.Pattern[str]) -> Shape:
    def fits(value: object) -> bool:
        text = str(value) if isinstance(value, str) else ""
        return pattern.fullmatch(text) is not None and TOO_LONG_A_NUMBER.search(text) is None

    return fits


def _number(value: object) -> bool:
    return isinstance(value, bool | int | float) and abs(value) < LARGEST


def _word(value: object) -> bool:
    return value is None or _number(value) or _text(_WORD)(value)


FIELDS: Mapping[str, Shape] = {
    **dict.fromkeys(
        (
            "attempt", "batch", "blob", "case", "content", "copy", "handover", "is_suspect", "moved", "package", "packages",
            "port", "rows", "seconds", "status", "waiting",
        ),
        _word,
    ),
    **dict.fromkeys(("code", "codes", "job", "method", "page", "reason", "stage", "table", "target", "worker"), _word),
    **dict.fromkeys(("channel", "system"), _word),  # a name in Japanese might be a person's
    "error": _text(_PLACE),
    "organisation": _text(_BODY),
    "request": lambda value: isinstance(value, str) and _REQUEST.fullmatch(value) is not None,
}  # fmt: skip
OUR_OWN = frozenset({"event", "level", "logger", "at", "trace", "dropped"})


def event_of(_logger: object, _method: str, line: Line) -> Line:
    """A record of the standard library as event and fields: `"relay.refused channel=%s", name`, or `extra={…}`.

    A text of any other shape, ours or a library's, is not kept: only which logger wrote it.
    """
    record = line.get("_record")
    arguments = line.pop("positional_args", ())
    template = str(line["event"])
    found = _EVENT.fullmatch(template)
    if found is None:
        line["event"] = "log.other"
    else:
        names = [pair.split("=")[0] for pair in found[1].split()]
        values = arguments if isinstance(arguments, tuple) else (arguments,)
        line["event"] = template.split(" ", 1)[0]
        line.update(zip(names, values, strict=False))
    for name in FIELDS:
        if name in getattr(record, "__dict__", {}):
            line[name] = record.__dict__[name]
    return line


def accident_of(_logger: object, _method: str, line: Line) -> Line:
    """An exception as its class and places; never its text, which may quote what somebody wrote."""
    told = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        line["error"] = whereabouts(error)
        line["trace"] = " ".join(_places(error))
    return line


def _places(error: BaseException) -> list[str]:
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-FRAMES:]


def only_known(_logger: object, _method: str, line: Line) -> Line:
    """Keep the known fields whose values have the known shape; say how many others there were."""
    kept: Line = {}
    for name, value in line.items():
        if name in OUR_OWN or (name in FIELDS and FIELDS[name](value)):
            kept[name] = value
    lost = len(line.keys() - kept.keys())
    if lost:
        kept["dropped"] = lost
    return kept


def one_line(_logger: object, _method: str, line: Line) -> Line:
    """Escape what is not printable and cut what is long: a value can neither end the line nor colour it."""
    return {name: _plain(value) if isinstance(value, str) else value for name, value in line.items()}


def _plain(text: str) -> str:
    shown = "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text[: LONGEST + 1]
    )
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
