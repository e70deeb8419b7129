"""X24, X26 and X27: what others answer, and files of rows, that mean two things or nothing."""

from dataclasses import dataclass

HOSTILE_JSON = {
    "duplicate-names": b'{"a":1,"a":2}',
    "duplicate-names-by-escape": b'{"a":1,"\\u0061":2}',
    "NaN": b'{"a":NaN}',
    "minus-Infinity": b"[-Infinity]",
    "1e999": b"[1e999]",
    "a-lone-surrogate": b'["\\ud842"]',
    "a-lone-surrogate-as-a-name": b'{"\\udfb7":1}',
    "5000-digits": b"[" + b"9" * 5_000 + b"]",
    "depth-100000": b"[" * 100_000,
    "depth-100000-of-objects": b'{"a":' * 100_000,
    "no-UTF-8": b'["\x90\xac"]',
    "junk-behind": b"{}x",
    "nothing": b"",
    "open-strings": b'["' + b'\\"' * 100_000,
}

HEADER = b"issuer_key,serial,number,number_kind,valid_from,valid_to,reason\n"
GOOD = b"aa" * 20 + b",067c6a21,1000000010,atena,2023-07-16,,\n"
ROWS_OF_FILES: dict[str, tuple[bytes, int, str]] = {
    "an-open-quote": (b'"' + GOOD, 2, "引用符"),
    "a-newline-in-a-field": (GOOD.replace(b"atena", b'"at\nena"') + GOOD, 3, "number_kind"),
    "a-lone-CR": (GOOD.replace(b"atena", b'"at\rena"') + GOOD, 3, "number_kind"),
    "ragged-rows": (b"a,b\n" + GOOD, 2, "列数"),
    "a-long-line": (b"x" * 3_000_000 + b"\n" + GOOD, 2, "列数"),
    "no-text-at-all": (b"\xff\xfe\n" + GOOD, 2, "列数"),
}
HEADERS = {
    "a-column-missing": (HEADER.replace(b"reason", b"why"), "CSV-241"),
    "a-column-twice": (HEADER.replace(b"reason", b"serial"), "CSV-241"),
    "JSON": (b'{"links": []}\n', "IDN-322"),
    "HTML": (b"<!doctype html>\n", "IDN-322"),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """Bytes that come in place of an answer in JSON（X24）or of a file of links（X26, X27）, and the refusal's code."""

    number: str
    condition: str
    content: bytes
    code: str

    def __str__(self) -> str:
        return f"{self.number}-{self.condition}"


ROWS = (
    *(Answered("X24", name, content, "JSON-230") for name, content in HOSTILE_JSON.items()),
    *(Answered("X26", name, HEADER + content, "CSV-240") for name, (content, _, _) in ROWS_OF_FILES.items()),
    *(Answered("X27", name, header + GOOD, code) for name, (header, code) in HEADERS.items()),
)
