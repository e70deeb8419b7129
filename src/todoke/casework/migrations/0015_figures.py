"""What is counted of each case for the figures of the body, and which days were written."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """What is counted of each case for the figures of the body, and which days were written."""

    dependencies = [
        ("casework", "0014_exports_and_reports"),
        ("foundation", "0010_rereading"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseFigureRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=32)),
                ("procedure", models.CharField(max_length=20)),
                ("received_on", models.DateField()),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("business_days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "entry",
                    models.CharField(
                        choices=[("online", "自動の受信"), ("by_hand", "職員による取込")], max_length=8
                    ),
                ),
                ("identities_by_person", models.PositiveIntegerField(default=0)),
                ("handovers_by_person", models.PositiveIntegerField(default=0)),
                ("typed_entries", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "申請の記録（指標用）",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FigureDayRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("revision", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("events", models.PositiveIntegerField(default=0)),
                ("parts", models.PositiveIntegerField(default=0)),
                ("is_due", models.BooleanField(default=True)),
                ("written_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "記録を送った日",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FiguresMarkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_event", models.BigIntegerField(default=0)),
                ("looked_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "記録の読取り位置",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="casefigurerow",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.case"
            ),
        ),
        migrations.AddField(
            model_name="casefigurerow",
            name="organisation",
            field=models.ForeignKey(
                max_length=6,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.organisation",
                to_field="code",
            ),
        ),
        migrations.AddField(
            model_name="figuredayrow",
            name="organisation",
            field=models.ForeignKey(
                max_length=6,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.organisation",
                to_field="code",
            ),
        ),
        migrations.AddField(
            model_name="figuresmarkrow",
            name="organisation",
            field=models.ForeignKey(
                max_length=6,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.organisation",
                to_field="code",
            ),
        ),
        migrations.AddIndex(
            model_name="casefigurerow",
            index=models.Index(fields=["organisation", "received_on"], name="figure_by_received"),
        ),
        migrations.AddIndex(
            model_name="casefigurerow",
            index=models.Index(fields=["organisation", "answered_on"], name="figure_by_answered"),
        ),
        migrations.AddConstraint(
            model_name="casefigurerow",
            constraint=models.UniqueConstraint(fields=("organisation", "event_id"), name="figure_event_once"),
        ),
        migrations.AddIndex(
            model_name="figuredayrow",
            index=models.Index(fields=["organisation", "is_due", "day"], name="figure_day_due"),
        ),
        migrations.AddConstraint(
            model_name="figuredayrow",
            constraint=models.UniqueConstraint(fields=("organisation", "day"), name="figure_day_once"),
        ),
        migrations.AddConstraint(
            model_name="figuresmarkrow",
            constraint=models.UniqueConstraint(fields=("organisation",), name="figures_mark_once"),
        ),
        RaiseWalls("casework"),
    ]
