"""What a verdict rests on: evidence records, and who chose how revocation is checked."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls

OWNED = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}
CHECKERS = [
    ("list", "失効リストで確かめる"),
    ("channel", "受付経路が伝えた検証結果で確かめる"),
    ("list_then_channel", "失効リストで確かめ、答えがなければ受付経路の検証結果で確かめる"),
    ("nobody", "確かめる手段がない（待ちにする）"),
    ("list_if_present", "失効リストがあるときだけ確かめる（試験用の既定）"),
    ("withdrawn", "この選択をやめる（広い範囲の選択に従う）"),
]
STANDINGS = [
    ("good", "失効していない"),
    ("revoked", "失効している"),
    ("hold", "一時停止中"),
    ("unknown", "読み取れない、または確認できない"),
]


def _id() -> "models.BigAutoField[int, int]":
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _organisation() -> "models.ForeignKey[Any, Any]":  # Any: the related model as of the migration
    return models.ForeignKey(
        max_length=6,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="foundation.organisation",
        to_field="code",
    )


class Migration(migrations.Migration):
    """What a verdict rests on: evidence records, and who chose how revocation is checked."""

    dependencies = [("casework", "0004_look_again"), ("foundation", "0003_approvals")]
    operations = [
        migrations.CreateModel(
            name="EvidenceCertificate",
            fields=[
                ("id", _id()),
                ("sha256", models.CharField(max_length=64)),
                ("der", models.BinaryField()),
                ("organisation", _organisation()),
            ],
            options={"verbose_name": "証拠の証明書", **OWNED},
        ),
        migrations.CreateModel(
            name="EvidenceRecord",
            fields=[
                ("id", _id()),
                ("sha256", models.CharField(max_length=64)),
                ("document", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("organisation", _organisation()),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.package"
                    ),
                ),
            ],
            options={"verbose_name": "検証の記録", **OWNED},
        ),
        migrations.CreateModel(
            name="RecordedCheckRow",
            fields=[
                ("id", _id()),
                ("digest", models.CharField(max_length=64)),
                ("received", models.TextField()),
                ("standing", models.CharField(choices=STANDINGS, max_length=8)),
                ("checked_by", models.CharField(blank=True, default="", max_length=200)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("means", models.CharField(blank=True, default="", max_length=200)),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("serial", models.CharField(blank=True, default="", max_length=100)),
                ("source", models.CharField(max_length=200)),
                ("noted_at", models.DateTimeField()),
                ("organisation", _organisation()),
                (
                    "package",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.package",
                    ),
                ),
            ],
            options={"verbose_name": "受付経路の検証結果", **OWNED},
        ),
        migrations.CreateModel(
            name="RevocationChoiceRow",
            fields=[
                ("id", _id()),
                ("procedure", models.CharField(blank=True, default="", max_length=20)),
                ("checker", models.CharField(choices=CHECKERS, max_length=20)),
                ("reason", models.CharField(max_length=500)),
                ("chosen_by", models.CharField(max_length=64)),
                ("chosen_at", models.DateTimeField()),
                ("valid_from", models.DateTimeField()),
                ("organisation", _organisation()),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.channel",
                    ),
                ),
            ],
            options={"verbose_name": "検証方法の選択", **OWNED},
        ),
        migrations.AddConstraint(
            model_name="evidencecertificate",
            constraint=models.UniqueConstraint(
                fields=("organisation", "sha256"), name="evidence_certificate_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordedcheckrow",
            constraint=models.UniqueConstraint(fields=("package", "digest"), name="recorded_check_once"),
        ),
        RaiseWalls("casework"),
    ]
