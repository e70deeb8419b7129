"""Long lists that somebody asks to take away, and the reports of working mornings."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Long lists that somebody asks to take away, and the reports of working mornings."""

    dependencies = [
        ("casework", "0013_search"),
        ("foundation", "0007_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyReportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("since", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("figures", models.JSONField()),
                ("is_delivered", models.BooleanField(default=False)),
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
                "verbose_name": "日報",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "day"), name="daily_report_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(unique=True)),
                ("query", models.TextField(blank=True, default="")),
                ("found", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("asked_by", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("open_until", models.DateTimeField(blank=True, null=True)),
                ("taken", models.PositiveIntegerField(default=0)),
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
                "verbose_name": "出力の申込み",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organisation", "asked_by", "asked_at"], name="export_request_by_staff"
                    )
                ],
            },
        ),
        RaiseWalls("casework"),
    ]
