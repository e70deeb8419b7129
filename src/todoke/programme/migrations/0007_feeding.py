"""Daily files of casework as they were taken, and paper applications as persons state them."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Daily files of casework as they were taken, and paper applications as persons state them."""

    dependencies = [
        ("foundation", "0010_rereading"),
        ("programme", "0006_forecast"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseDayRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("revision", models.PositiveIntegerField()),
                ("part", models.PositiveIntegerField()),
                ("parts", models.PositiveIntegerField()),
                ("document", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField()),
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
                "verbose_name": "申請の記録（取込み）",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "day", "revision", "part"), name="case_day_part_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperCountRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("procedure", models.CharField(max_length=20)),
                ("month", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
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
                "verbose_name": "紙の申請の件数",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["organisation", "month"], name="paper_count_by_month")],
            },
        ),
        RaiseWalls("programme"),
    ]
