"""Who an application is, whenever it is read: its uuid comes from what arrived, not from when we read it.

A package that is fetched again after a restore becomes the same application. So its rows towards a core system and its
notices bear the same keys as before, and nothing that went out already counts as new there.
"""

from uuid import UUID, uuid5

_NAMESPACE = UUID("6f6a5d0e-6d4c-5b0a-9d0e-7c7de1f0b0b7")  # of applications of Todoke


def application_uuid(organisation: str, channel: int, receipt_number: str, content_hash: str) -> UUID:
    """The uuid of the application that these bytes, under this 受付番号, on this channel of a body, become.

    The hash of the content (SHA-256, hex) makes it as hard to guess as the content is.
    """
    return uuid5(_NAMESPACE, "\n".join((organisation, str(channel), receipt_number, content_hash)))
