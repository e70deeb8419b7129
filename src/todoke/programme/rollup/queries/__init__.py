"""Questions about submissions, enquiries, support and publications of the body in scope."""

from .comparing import basis, reader
from .enquiries import collected, enquiries, received, received_enquiries
from .outgoing import forward_rule, parent, sent, snapshot_of, to_forward
from .publications import layouts, publications, published_values
from .standings import bodies_below, log_of, roll_up, snapshot, steps, submission
from .support import support, support_entries

__all__ = [
    "basis", "bodies_below", "collected", "enquiries", "forward_rule", "layouts", "log_of", "parent", "publications",
    "published_values", "reader", "received", "received_enquiries", "roll_up", "sent", "snapshot", "snapshot_of", "steps",
    "submission", "support", "support_entries", "to_forward",
]  # fmt: skip
