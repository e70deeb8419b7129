"""The sum of many bodies is kept, forgotten with the first submission that comes or goes, and made anew."""

from django.db import transaction

from todoke.foundation.fence import current_organisation, one_at_a_time
from todoke.programme.rollup import queries
from todoke.programme.rollup.models import SummedRow
from todoke.programme.rollup.queries.rolling import bases_in_use, current
from todoke.programme.rollup.rules import summing
from todoke.programme.rollup.values import MOST_LISTED, SubmissionSource

SUM_LOCK = 7_405_062  # advisory lock number on PostgreSQL; combined with the organisation's code


def forget(source: SubmissionSource) -> None:
    """What is kept of a source holds no longer, from the caller's transaction on; until then nobody sums up."""
    one_at_a_time(SUM_LOCK)
    SummedRow.objects.filter(source=source.value).delete()


@transaction.atomic
def sum_up() -> int:
    """Keep the sums that are lacking, for each edition in use of more bodies than are listed. Returns how many were made."""
    one_at_a_time(SUM_LOCK)
    return sum(
        _sum_up(source, pack)
        for source in SubmissionSource
        for pack in queries.packs_in_use(source)
        if current(source, pack).count() > MOST_LISTED
    )


def _sum_up(source: SubmissionSource, pack: str) -> int:
    kept = SummedRow.objects.filter(source=source.value, pack=pack)
    known = set(kept.values_list("edition", "release"))
    made = [
        SummedRow(
            organisation_id=current_organisation(), source=source.value, pack=pack, edition=ref.edition,
            release=ref.release, document=summing.written(queries.sum_of(ref, source)),
        )
        for ref in bases_in_use(pack, source)
        if (ref.edition, ref.release) not in known
    ]  # fmt: skip
    SummedRow.objects.bulk_create(made)
    return len(made)
