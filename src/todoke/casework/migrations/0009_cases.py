"""Protected persons, and the cases that they hide."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Protected persons, and the cases that they hide."""

    dependencies = [("casework", "0008_identity"), ("foundation", "0003_approvals")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="protection",
            field=models.CharField(
                choices=[
                    ("none", "対象外"),
                    ("protected", "支援措置対象者"),
                    ("to_check", "支援措置（要確認）"),
                ],
                db_default="none",
                default="none",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ProtectedPersonRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=15)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("violence", "配偶者からの暴力"),
                            ("stalking", "ストーカー行為等"),
                            ("child_abuse", "児童虐待等"),
                            ("other", "その他これらに準ずるもの"),
                        ],
                        max_length=16,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("name_key", models.CharField(blank=True, default="", max_length=200)),
                ("kana_key", models.CharField(blank=True, default="", max_length=200)),
                ("birth", models.CharField(blank=True, default="", max_length=10)),
                (
                    "source",
                    models.CharField(choices=[("typed", "画面で登録"), ("loaded", "ファイル")], max_length=8),
                ),
                ("registered_at", models.DateTimeField()),
                ("registered_by", models.CharField(max_length=64)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=64)),
                ("review_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "支援措置対象者",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("review_at__isnull", False)),
                        fields=["organisation", "review_at"],
                        name="protection_to_review",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "number", "kind", "starts_on"), name="protection_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="application",
            name="signed_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("signed_digest", ""), _negated=True),
                fields=["organisation", "signed_digest"],
                name="application_signed",
            ),
        ),
        RaiseWalls("casework"),
    ]
