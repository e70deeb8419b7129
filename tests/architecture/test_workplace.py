"""The repository names no place where it was made, no registry, and no host that it need not know."""

import re
from pathlib import Path

from . import tree

PATHS = re.compile(r"/(?:wor[k]|hom[e]/[a-z]+|roo[t]|tm[p]/todoke)/")
HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
RESERVED = (
    "testserver",
    "localhost",
    "example",
    "invalid",
    "test",
    "example.com",
    "example.org",
    "example.jp",
    "example.lg.jp",
)
KNOWN = {
    "www.apache.org": "the licence",
    "www.w3.org": "XML and SVG namespaces",
    "uri.etsi.org": "XAdES namespaces",
    "schemas.openxmlformats.org": "Office Open XML namespaces",
    "schemas.microsoft.com": "Office namespaces",
    "json-schema.org": "the dialect of our schemas",
    "faq.myna.go.jp": "public specifications",
    "myna.go.jp": "public specifications",
    "www.digital.go.jp": "public specifications",
    "www.soumu.go.jp": "public specifications",
}
BINARY = {".png", ".jpg", ".gif", ".woff2", ".pdf", ".zip", ".docx", ".xlsx", ".p7s", ".der", ".ico"}


def texts() -> list[tuple[Path, str]]:
    files = (file for file in tree.tracked() if file.suffix not in BINARY and file != Path(__file__))
    return [(file, file.read_text(errors="replace")) for file in files]


def test_no_file_names_a_path_of_the_place_where_it_was_made() -> None:
    found = {tree.name(file): match.group() for file, text in texts() if (match := PATHS.search(text))}
    assert not found


def test_no_file_names_a_host_that_it_need_not_know() -> None:
    strange = {
        f"{tree.name(file)}: {host}"
        for file, text in texts()
        for host in HOST.findall(text)
        if host not in KNOWN and not host.startswith("127.0.0.") and not host.endswith(RESERVED)
    }
    assert not strange


def test_the_locks_hold_hashes_and_no_address() -> None:
    for lock in (tree.ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9_.-]+==", text, re.MULTILINE | re.IGNORECASE)
        assert pins
        assert len(
            re.findall(r"^[a-z0-9_.-]+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE | re.IGNORECASE)
        ) == len(pins)
