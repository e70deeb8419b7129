"""The verbs of progress: reporting, by screen or by workbook, and stating values of indicators."""

from .feeding import CASE_EVENTS, state_paper_counts, take_case_day
from .measuring import change_indicator, end_indicator, keep_indicator
from .reporting import report_many, take_workbook
from .stating import keep_value, state_value

__all__ = [
    "CASE_EVENTS", "change_indicator", "end_indicator", "keep_indicator", "keep_value", "report_many",
    "state_paper_counts", "state_value", "take_case_day", "take_workbook",
]  # fmt: skip
