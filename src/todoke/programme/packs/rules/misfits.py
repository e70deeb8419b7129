"""What does not fit the schema of a document, and where, in the words of who wrote the document; pure."""

from collections.abc import Iterable, Mapping, Sequence

_KINDS = {
    "string": "文字（数や日付は引用符で囲む）", "number": "数", "integer": "整数", "boolean": "true か false",
    "array": "並び（- で始まる行）", "object": "項目と値の組",
}  # fmt: skip
LONGEST = 60


def place_of(document: object, path: Iterable[str | int]) -> str:
    """「nodes の「w03」の label」: a part of a list is named by its id where it has one, else by its place from 1."""
    words, here = list[str](), document
    for step in path:
        if isinstance(step, int):
            here = here[step] if isinstance(here, Sequence) and step < len(here) else None
            name = here.get("id") or here.get("code") if isinstance(here, Mapping) else None
            words.append(f"「{name}」" if isinstance(name, str) else f"{step + 1}番目")
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
            words.append(step)
    return "の".join(words) or "いちばん外側"


def words_of(validator: str, allowed: object, found: object) -> str:
    """What is wrong, by the keyword of JSON Schema that refused it（2020-12）."""
    if validator == "required" and isinstance(found, Mapping) and isinstance(allowed, Sequence):
        missing = [str(one) for one in allowed if one not in found]
        return f"項目「{'」「'.join(missing)}」がありません"
    if validator == "enum" and isinstance(allowed, Sequence):
        return f"「{_short(found)}」は使えません。{'・'.join(str(one) for one in allowed)}のどれかです"
    if validator == "type":
        kinds = [allowed] if isinstance(allowed, str) else allowed if isinstance(allowed, Sequence) else []
        return f"「{_short(found)}」は型が違います。{'か'.join(_KINDS.get(str(one), str(one)) for one in kinds)}です"
    if validator == "pattern":
        return f"「{_short(found)}」は書き方が違います"
    limits = {"minLength": "短すぎます", "maxLength": "長すぎます", "minimum": "小さすぎます", "maximum": "大きすぎます",
              "minItems": "足りません", "maxItems": "多すぎます", "uniqueItems": "同じものが二度あります"}  # fmt: skip
    return limits.get(validator, f"「{_short(found)}」は決まりに合いません")


def unknown_words(found: object, known: Iterable[str]) -> str:
    """Of an object with items that the schema has not: which they are."""
    names = sorted(str(one) for one in found if one not in set(known)) if isinstance(found, Mapping) else []
    return f"決まりにない項目「{'」「'.join(names)}」があります。綴りを確かめてください"


def _short(found: object) -> str:
    text = str(found)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
