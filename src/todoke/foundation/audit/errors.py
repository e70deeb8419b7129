"""When the audit stops the work."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class SealOverdue(TodokeError):
    """Entries have waited for a seal longer than the limit: nothing more may be written（decision 11）."""

    code: ClassVar[str] = "AUD-901"
    sentence: ClassVar[str] = (
        "監査証跡の封印が{hours}時間以上行われていないため、書き込みを止めました。"
        "`todoke work` が動いているか確かめてください。"
    )
