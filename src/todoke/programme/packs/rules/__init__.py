"""What can be said of editions without a database: pure rules on values."""

from .differences import diff, diff_over
from .expressions import applies, judge, names_in
from .findings import check
from .lineage import heirs, lineage, successors
from .overlays import overlaid

__all__ = [
    "applies", "check", "diff", "diff_over", "heirs", "judge", "lineage", "names_in", "overlaid", "successors",
]  # fmt: skip
