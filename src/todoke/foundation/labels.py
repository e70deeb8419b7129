"""Words of the code with their Japanese labels: the base of every enumeration that a screen shows."""

from todoke.proof.words import Word


class Labelled(Word):
    """An enumeration whose members carry the Japanese word: `RETURNED = "returned", "補正依頼中"`."""

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs (value, label) for a model field or a form."""
        return [(member.value, member.label) for member in cls]
