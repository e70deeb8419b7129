"""How a check stops: a package that cannot be accepted, with the code that decides it."""


class Refusal(Exception):
    """The deciding code, the place, and facts without personal data. Caught where the verdict is made."""

    def __init__(self, code: str, *, where: str = "", **facts: str | int) -> None:
        self.code = code
        self.where = where
        self.facts: dict[str, str] = {key: str(value) for key, value in facts.items()}
        super().__init__(code)
