"""The work of the confined worker: a file is looked through whole, with more effort than intake may take."""

import codecs
from collections.abc import Mapping

from todoke.proof.content import look_whole
from todoke.proof.sniff import FileKind

from .previews import ENCODINGS


def prepare() -> None:
    """Load the encodings that a look may need: the confined worker can open no file later."""
    for encoding in ENCODINGS:
        codecs.getincrementaldecoder(encoding)()


def look(document: Mapping[str, object], data: memoryview) -> tuple[dict[str, object], bytes]:
    """Codes and weights of what was found in the file of a kind; see looking.found for who reads them."""
    report = look_whole(data, FileKind(str(document["kind"])))
    return {"findings": [[one.code, one.severity.value] for one in report.findings]}, b""
