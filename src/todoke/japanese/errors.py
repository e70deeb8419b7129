"""What may be wrong with a Japanese date: one class, the reason as a word."""


class DateRefused(ValueError):
    """The text is no date, or the date never existed（DAT-411）; `reason` is form, day or era.

    The text itself is not kept: a date of birth must not reach a log by way of an exception.
    """

    code = "DAT-411"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{self.code} {reason}")
