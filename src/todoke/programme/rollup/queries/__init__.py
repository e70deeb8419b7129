"""Questions about submissions, enquiries, support and publications of the body in scope."""

from todoke.programme.rollup.rules.enquiries import typed as typed_form
from todoke.programme.rollup.rules.publications import rate_of as rate_of
from todoke.programme.rollup.rules.snapshots import counts as counts_in

from .comparing import basis, labels_of, reader
from .enquiries import collected, enquiries, received, received_enquiries
from .outgoing import (
    digest,
    forward_rule,
    has_parent,
    parent,
    sent,
    snapshot_of,
    to_forward,
    waiting_to_forward,
)
from .publications import layout as layout_of
from .publications import layouts, publication, publications, published_values
from .rolling import bodies_below, packs_in_use, roll_up, sum_of
from .standings import letters, log_of, snapshot, steps, submission
from .support import support, support_entries

__all__ = [
    "basis", "bodies_below", "collected", "counts_in", "digest", "enquiries", "forward_rule", "has_parent", "labels_of",
    "layout_of", "layouts", "letters", "log_of", "packs_in_use", "parent", "publication", "publications",
    "published_values", "rate_of", "reader", "received", "received_enquiries", "roll_up", "sent", "snapshot",
    "snapshot_of", "steps", "submission", "sum_of", "support", "support_entries", "to_forward", "typed_form",
    "waiting_to_forward",
]  # fmt: skip
