"""The verbs of progress: reporting, by screen or by workbook, and stating values of indicators."""

from .measuring import end_indicator, keep_indicator, keep_value, state_value
from .reporting import report_many, take_workbook

__all__ = ["end_indicator", "keep_indicator", "keep_value", "report_many", "state_value", "take_workbook"]
