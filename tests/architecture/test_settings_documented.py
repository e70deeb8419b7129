"""Every setting stands in .env.example with its meaning and default, and nothing else does."""

import re

import pytest

from todoke.settings import Environment

from . import tree

ENTRY = re.compile(r"^#(TODOKE_[A-Z0-9_]+)=(.*)$")
LINES = (tree.ROOT / ".env.example").read_text().splitlines()
DOCUMENTED = {found.group(1): found.group(2) for line in LINES if (found := ENTRY.match(line))}
READ = {f"TODOKE_{name.upper()}": field for name, field in Environment.model_fields.items()}


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    assert set(DOCUMENTED) == set(READ)


@pytest.mark.parametrize("setting", sorted(DOCUMENTED))
def test_the_documented_default_is_the_default(setting: str) -> None:
    default = READ[setting].default
    text = "" if default is None else str(default)
    if isinstance(default, bool):
        text = text.lower()
    if isinstance(default, float):
        text = f"{default:g}"
    assert DOCUMENTED[setting] == text


@pytest.mark.parametrize("setting", sorted(DOCUMENTED))
def test_a_setting_says_in_two_languages_what_it_means(setting: str) -> None:
    at = next(number for number, line in enumerate(LINES) if line.startswith(f"#{setting}="))
    meaning = []
    while at and LINES[at - 1].startswith("# "):
        at -= 1
        meaning.append(LINES[at])
    text = "".join(meaning)
    assert re.search("[ぁ-ん]", text), "no Japanese"
    assert re.search("[a-z]{3,} [a-z]{2,}", text), "no English"


def test_settings_are_read_in_settings_alone() -> None:
    readers = [
        tree.name(file)
        for file in tree.python_files("src")
        if re.search(r"(getenv|environ(\.get)?)[\[(]\s*[\"']TODOKE_", file.read_text())
        and file.name != "settings.py"
    ]
    assert not readers


def test_env_example_is_a_valid_environment_when_uncommented(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in READ:
        monkeypatch.delenv(name, raising=False)
    without = Environment(_env_file=None)
    for name, value in DOCUMENTED.items():
        if value:
            monkeypatch.setenv(name, value)
    assert Environment(_env_file=None) == without
