"""What the worker runs: editions that arrived as signed files are kept."""

from todoke.foundation.claims import JobContext
from todoke.foundation.exchange import services as exchange

from . import services


def take_editions(context: JobContext) -> int:
    """Keep the editions that wait; one that is not taken is refused with its reason and stops no other. Returns how many."""
    return exchange.take_each(
        [services.LETTER_KIND],
        context,
        lambda arrived, actor: services.receive(arrived.letter, actor=actor, at=context.by.now),
    )
