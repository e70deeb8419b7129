"""Forecasts, baselines and scenarios."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Forecasts, baselines and scenarios."""

    dependencies = [("foundation", "0010_rereading"), ("programme", "0005_rollup")]

    operations = [
        migrations.CreateModel(
            name="ForecastRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("plan", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("baseline", "基準"),
                            ("forecast", "見通し"),
                            ("scenario", "もしもの案"),
                            ("exact", "厳密解法"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                ("as_of", models.DateField()),
                ("failed_code", models.CharField(blank=True, default="", max_length=16)),
                ("finish", models.DateField(blank=True, null=True)),
                ("p50", models.DateField(blank=True, null=True)),
                ("p80", models.DateField(blank=True, null=True)),
                ("chance_permille", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("runs", models.PositiveIntegerField()),
                ("seed", models.BigIntegerField()),
                ("engine", models.CharField(max_length=40)),
                ("input_hash", models.CharField(max_length=64)),
                ("calibration", models.JSONField(blank=True, default=list)),
                ("result", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
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
                "verbose_name": "見通しの記録",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organisation", "plan", "kind", "as_of"], name="forecast_of_plan")
                ],
            },
        ),
        RaiseWalls("programme"),
    ]
