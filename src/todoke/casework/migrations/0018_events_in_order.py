"""Events and recorded checks, too, are found by what is asked for: nothing reads all rows that a body ever had."""

import django.db.models.deletion
from django.db import migrations, models


def _unindexed(to: str, **more: object) -> models.ForeignKey:  # type: ignore[type-arg]  # as migrations write it
    return models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to, **more)  # type: ignore[arg-type]


def _organisation() -> models.ForeignKey:  # type: ignore[type-arg]
    return _unindexed("foundation.organisation", max_length=6, related_name="+", to_field="code")


class Migration(migrations.Migration):
    """Indexes that begin with the organisation go on with what is asked for."""

    dependencies = [("casework", "0017_queues_in_order")]

    operations = [
        migrations.AlterField("caseevent", "organisation", _organisation()),
        migrations.AlterField("caseevent", "case", _unindexed("casework.case", related_name="events")),
        migrations.RemoveIndex("caseevent", "event_to_tell"),
        migrations.AddIndex(
            "caseevent",
            models.Index(
                fields=["organisation", "notice_state", "id"],
                name="event_to_tell",
                condition=models.Q(notice_state="due"),
            ),
        ),
        migrations.AddIndex("caseevent", models.Index(fields=["organisation", "id"], name="event_of_body")),
        migrations.AddIndex(
            "caseevent", models.Index(fields=["organisation", "case", "id"], name="event_of_case")
        ),
        migrations.AlterField("recordedcheckrow", "organisation", _organisation()),
    ]
