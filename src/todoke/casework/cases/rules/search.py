"""What the worklist's search looks for: pairs of characters, because words of two characters are normal in Japanese.

Every part of a case's search text is folded (width, case, kana, no spaces) and cut into pairs, so that a word is found
as a run of pairs, by an index of words where there is one and by reading along otherwise. Unlike japanese.bigrams a
pair may span 氏 and 名, because people type names without the space between them.
"""

import unicodedata
from collections.abc import Iterable

from todoke.casework.cases.errors import SearchTooShort
from todoke.japanese import names

SHORTEST, LONGEST = 2, 40


def folded(text: str) -> str:
    """The form in which texts are compared. A key only: what is shown stays as it was received (T06)."""
    return names.kana_key(text)


def pairs(text: str) -> str:
    """The pairs of a folded text in order, with a space between them; one character alone stays alone."""
    if len(text) < SHORTEST:
        return text
    return " ".join(text[index : index + SHORTEST] for index in range(len(text) - 1))


def search_text(parts: Iterable[str]) -> str:
    """What is stored for a case: the pairs of each part, parts divided so that no pair spans two of them."""
    return "".join(f" {pairs(folded(part))} |" for part in parts if folded(part))


def phrases(text: str) -> list[str]:
    """The runs of pairs that must all occur for a typed text; raises SearchTooShort below two characters.

    Words are looked for one by one, in any order; when one of them is a single character（林　健）, all as one.
    """
    words = [folded(word) for word in text.split()]
    if any(len(word) < SHORTEST for word in words):
        words = ["".join(words)]
    if not words or len(words[0]) < SHORTEST:
        raise SearchTooShort(least=SHORTEST)
    return [f" {pairs(word[:LONGEST])} " for word in words]


def words(runs: Iterable[str]) -> list[str]:
    """The single pairs of such runs, as an index of words knows them."""
    return [pair for run in runs for pair in run.split()]


def receipt_prefix(text: str) -> str | None:
    """The beginning of a 受付番号 if that is what was typed: at least four digits, full-width ones too."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "")
    return plain if len(plain) >= 4 and plain.isascii() and plain.isdigit() else None
