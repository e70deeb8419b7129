"""Reports, evidence, indicators."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Reports, evidence, indicators."""

    dependencies = [
        ("foundation", "0010_rereading"),
        ("programme", "0002_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndicatorRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("code", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=200)),
                ("unit", models.CharField(max_length=20)),
                ("definition", models.TextField(blank=True, default="")),
                (
                    "direction",
                    models.CharField(
                        choices=[("up", "高いほどよい"), ("down", "低いほどよい")], max_length=4
                    ),
                ),
                ("is_official", models.BooleanField(default=False)),
                ("source", models.CharField(blank=True, default="", max_length=400)),
                ("purpose", models.CharField(blank=True, default="", max_length=400)),
                ("target", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("target_on", models.DateField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "指標",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="IndicatorValueRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("numerator", models.BigIntegerField(blank=True, null=True)),
                ("denominator", models.BigIntegerField(blank=True, null=True)),
                ("missing", models.CharField(blank=True, default="", max_length=200)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("typed", "手入力"),
                            ("file", "公表資料の取込み"),
                            ("events", "申請処理の記録"),
                        ],
                        max_length=8,
                    ),
                ),
                ("source_text", models.CharField(blank=True, default="", max_length=400)),
                ("published_on", models.DateField(blank=True, null=True)),
                ("events", models.TextField(blank=True, default="")),
                ("event_count", models.PositiveIntegerField(default=0)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="programme.indicatorrow",
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
                "verbose_name": "指標の値",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ReportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("plan", models.UUIDField()),
                ("item", models.UUIDField()),
                ("as_of", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("done", "完了済み"),
                            ("working", "作業中"),
                            ("not_started", "未着手"),
                            ("out_of_scope", "対象外"),
                        ],
                        max_length=12,
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField()),
                ("remaining_low", models.FloatField(blank=True, null=True)),
                ("remaining_likely", models.FloatField(blank=True, null=True)),
                ("remaining_high", models.FloatField(blank=True, null=True)),
                ("note", models.TextField(blank=True, default="")),
                ("evidence", models.JSONField(blank=True, default=list)),
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
                "verbose_name": "進捗報告",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddConstraint(
            model_name="indicatorrow",
            constraint=models.UniqueConstraint(fields=("organisation", "code"), name="indicator_once"),
        ),
        migrations.AddIndex(
            model_name="indicatorvaluerow",
            index=models.Index(fields=["organisation", "indicator", "as_of"], name="indicator_trend"),
        ),
        migrations.AddIndex(
            model_name="reportrow",
            index=models.Index(fields=["organisation", "plan", "item", "as_of"], name="report_of_item"),
        ),
        RaiseWalls("programme"),
    ]
