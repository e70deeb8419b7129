"""The spelling on which kept hashes and signatures rest: these bytes may never change."""

from datetime import date
from uuid import UUID

import pytest

from todoke.foundation import canonical

DOCUMENT = {"名": "髙橋\u3000𠮷", "b": [1, 2.5, None, True], "a": {"z": '"\\\n', "y": []}, "10": -0.1}
BYTES = '{"10":-0.1,"a":{"y":[],"z":"\\"\\\\\\n"},"b":[1,2.5,null,true],"名":"髙橋\u3000𠮷"}'.encode()


def test_a_document_has_one_spelling_whatever_the_order_of_its_keys() -> None:
    assert canonical.bytes_of(DOCUMENT) == BYTES
    assert canonical.bytes_of(dict(reversed(DOCUMENT.items()))) == BYTES
    assert canonical.hash_of(DOCUMENT) == canonical.sha256(BYTES) == canonical.sha256(BYTES.decode())
    assert canonical.hash_of(DOCUMENT) == "6e51da3894c1c89e45b8fe6c28ecdc2fdb402d57d8cd1c578e9ac39922256236"


def test_days_and_ids_are_their_words_only_where_that_is_asked_for() -> None:
    shown = {"on": date(2026, 4, 1), "id": UUID(int=1)}
    assert canonical.words_of(shown) == '{"id":"00000000-0000-0000-0000-000000000001","on":"2026-04-01"}'
    with pytest.raises(TypeError):
        canonical.text_of(shown)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_has_not_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical.bytes_of({"x": number})
