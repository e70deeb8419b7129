"""A journal gives back exactly what was written, however odd the text, and drops only a torn last line."""

from pathlib import Path

import pytest

from sandbox.journal import Journal


@pytest.mark.parametrize("text", ["改行\nと\r\n", "行区切り\u2028段落区切り\u2029", "次行\x85", "\x00"])
def test_any_text_survives_a_restart(tmp_path: Path, text: str) -> None:
    first = Journal(tmp_path / "log.jsonl")
    first.append({"message": text}, {"message": "次"})
    first.close()
    again = Journal(tmp_path / "log.jsonl")
    assert [line["message"] for line in again.lines()] == [text, "次"]
    again.close()


@pytest.mark.parametrize("length", range(1, 20))
def test_a_line_torn_anywhere_is_dropped_and_the_next_one_stands_alone(tmp_path: Path, length: int) -> None:
    first = Journal(tmp_path / "log.jsonl")
    first.append({"n": 1})
    first.close()
    with open(tmp_path / "log.jsonl", "ab") as file:
        file.write('{"n": "見本の行"}'.encode()[:length])
    again = Journal(tmp_path / "log.jsonl")
    again.append({"n": 2})
    assert [line["n"] for line in again.lines()] == [1, 2]
    again.close()
