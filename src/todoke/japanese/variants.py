"""Characters that are invisible, private or unknown to another system: shown and listed, never silently changed."""

import re
import unicodedata

_MARKED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
_INVISIBLE_LETTER = re.compile("[\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5]")
_LINE_SIGNS = frozenset("\t\n\r")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_CLUSTER = re.compile("[\\s\\S][\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*")


def visible(text: str) -> str:
    """The text with every invisible, private or unassigned character shown by its number: 山〔U+200B〕田.

    Line ends and tabs stay; 異体字セレクタ stay with their character, whose shape they choose.
    """
    if _is_plain(text):
        return text
    return "".join(f"〔U+{ord(one):04X}〕" if _is_marked(one) else one for one in text)


def invisible(text: str) -> list[str]:
    """The invisible characters of a text（CHR-403）, each once, in order; 外字 are not among them."""
    if _is_plain(text):
        return []
    return list(dict.fromkeys(one for one in text if _is_marked(one) and not _PRIVATE_USE.match(one)))


def private_use(text: str) -> list[str]:
    """The 外字 of a text（CHR-402）, each once, in order."""
    return list(dict.fromkeys(_PRIVATE_USE.findall(text)))


def unmappable(text: str, encoding: str) -> list[str]:
    """What an encoding of Python's name cannot hold（CHR-401）, each once, in order.

    A character comes with its 異体字セレクタ or separate 濁点. 外字 count as not mappable: that cp932 has places for
    them does not make the other side's 外字 the same.
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        pass
    else:
        if not _PRIVATE_USE.search(text):
            return []
    return list(dict.fromkeys(each for each in _CLUSTER.findall(text) if not _is_mappable(each, encoding)))


def named(character: str) -> str:
    """A character for a message: itself, or its numbers where it cannot be seen: 「𠮷」, 「葛〔U+E0100〕」."""
    return "「" + "".join(_shown(one) for one in character) + "」"


def _is_plain(text: str) -> bool:
    """Whether there is nothing to mark, in the time of a copy; a full-width blank is as plain as a line end."""
    bare = text.replace("\u3000", " ").replace("\n", " ")
    return bare.isprintable() and _INVISIBLE_LETTER.search(bare) is None


def _shown(one: str) -> str:
    is_selector = unicodedata.category(one) == "Mn"
    return f"〔U+{ord(one):04X}〕" if is_selector or _is_marked(one) else one


def _is_mappable(cluster: str, encoding: str) -> bool:
    try:
        cluster.encode(encoding)
    except UnicodeEncodeError:
        return False
    return not _PRIVATE_USE.search(cluster)


def _is_marked(one: str) -> bool:
    if one in _LINE_SIGNS:
        return False
    return one in _INVISIBLE_LETTERS or unicodedata.category(one) in _MARKED_CATEGORIES
