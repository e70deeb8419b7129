"""Monthly closes and decision cards."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Monthly closes and decision cards."""

    dependencies = [
        ("foundation", "0010_rereading"),
        ("programme", "0003_progress"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("plan", models.UUIDField()),
                ("title", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "検討中"),
                            ("decided", "決定済み"),
                            ("reviewed", "振り返り済み"),
                            ("dropped", "取りやめ"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "signal_kind",
                    models.CharField(
                        choices=[
                            ("forecast", "見通しの変化"),
                            ("chance", "間に合う見込みの変化"),
                            ("stale", "報告の途切れ"),
                            ("lint", "計画の気になる点"),
                            ("indicator", "指標の変化"),
                            ("edition", "手順書の改定"),
                            ("other", "その他"),
                        ],
                        max_length=12,
                    ),
                ),
                ("signal_before", models.CharField(blank=True, default="", max_length=200)),
                ("signal_after", models.CharField(blank=True, default="", max_length=200)),
                ("situation", models.TextField(blank=True, default="")),
                ("options", models.JSONField(blank=True, default=list)),
                ("chosen", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, default="")),
                ("decider", models.CharField(blank=True, default="", max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("review_by", models.DateField(blank=True, null=True)),
                ("difference", models.JSONField(blank=True, default=list)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("as_meant", "ねらいどおり"),
                            ("partly", "一部ねらいどおり"),
                            ("not", "ねらいと違った"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("learnt", models.TextField(blank=True, default="")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
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
                "verbose_name": "意思決定の記録",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organisation", "plan", "state", "review_by"], name="card_of_plan")
                ],
            },
        ),
        migrations.CreateModel(
            name="CloseRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("plan", models.UUIDField()),
                ("month", models.DateField()),
                ("revision", models.PositiveSmallIntegerField()),
                ("document", models.TextField()),
                ("comment", models.TextField(blank=True, default="")),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("signed_by", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=128)),
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
                "verbose_name": "月次の締め",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "plan", "month", "revision"), name="close_once"
                    )
                ],
            },
        ),
        RaiseWalls("programme"),
    ]
