"""The reasons for which applicants are asked to correct something."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """One table, counted by procedure, reason and field."""

    dependencies = [("casework", "0009_cases")]
    operations = [
        migrations.CreateModel(
            name="ReturnReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("procedure", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=16)),
                ("field", models.CharField(blank=True, default="", max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.case",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reasons",
                        to="casework.caseevent",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        max_length=6,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.organisation",
                        to_field="code",
                    ),
                ),
            ],
            options={
                "verbose_name": "補正の理由",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["organisation", "at"], name="return_reason_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "code", "field"), name="return_reason_once")
                ],
            },
        ),
        RaiseWalls("casework"),
    ]
