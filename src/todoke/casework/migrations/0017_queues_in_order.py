"""Indexes that begin with the organisation go on with what is asked for: nothing reads all rows that a body ever had."""

import django.db.models.deletion
from django.db import migrations, models


def _unindexed(to: str, **more: object) -> models.ForeignKey:  # type: ignore[type-arg]  # as migrations write it
    return models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to, **more)  # type: ignore[arg-type]


def _organisation() -> models.ForeignKey:  # type: ignore[type-arg]
    return _unindexed("foundation.organisation", max_length=6, related_name="+", to_field="code")


class Migration(migrations.Migration):
    """Indexes that begin with the organisation go on with what is asked for."""

    dependencies = [("casework", "0016_links_in_order"), ("foundation", "0010_rereading")]

    operations = [
        migrations.RemoveIndex("handover", "handover_due"),
        migrations.AlterField("handover", "organisation", _organisation()),
        migrations.AlterField("handover", "case", _unindexed("casework.case", related_name="handovers")),
        migrations.AddIndex(
            "handover",
            models.Index(fields=["organisation", "core_system", "state", "id"], name="handover_queue"),
        ),
        migrations.AddIndex("handover", models.Index(fields=["organisation", "id"], name="handover_of_body")),
        migrations.AddIndex(
            "handover", models.Index(fields=["organisation", "case"], name="handover_of_case")
        ),
        migrations.AlterField("partyrow", "organisation", _organisation()),
        migrations.AlterField(
            "partyrow", "application", _unindexed("casework.application", related_name="+")
        ),
        migrations.AddIndex(
            "partyrow", models.Index(fields=["organisation", "application"], name="party_of_application")
        ),
        migrations.AlterField("findingrow", "organisation", _organisation()),
        migrations.AlterField("findingrow", "package", _unindexed("casework.package", related_name="+")),
        migrations.AddIndex(
            "findingrow", models.Index(fields=["organisation", "package"], name="finding_of_package")
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["organisation", "application"], name="case_of_application")
        ),
    ]
