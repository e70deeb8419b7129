"""One file per way into a core system; jobs alone call them, never inside a transaction."""

from todoke.casework.handover.errors import DestinationRefused
from todoke.casework.handover.values import AdapterKind, CoreSystemRef

from .base import CoreConnection
from .folder import FolderInbox
from .http_inbox import HttpInbox


def connect(system: CoreSystemRef) -> CoreConnection:
    """The connection that the core system's settings describe. Raises DestinationRefused."""
    if system.adapter is AdapterKind.HTTP_INBOX:
        return HttpInbox(system)
    if system.adapter is AdapterKind.FOLDER:
        return FolderInbox(system)
    raise DestinationRefused(where=system.adapter)
