"""The editions that bodies use."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """The editions that bodies use."""

    initial = True
    dependencies = [("foundation", "0006_parents")]
    operations = [
        migrations.CreateModel(
            name="EditionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pack", models.CharField(max_length=200)),
                ("edition", models.CharField(max_length=32)),
                ("release", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("document", models.BinaryField()),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("shipped", "製品に付属"),
                            ("own", "自団体で登録"),
                            ("received", "他団体から受領"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kept_at", models.DateTimeField()),
                ("kept_by", models.CharField(max_length=64)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        max_length=6,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.organisation",
                        to_field="code",
                    ),
                ),
            ],
            options={
                "verbose_name": "手順書の版",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "pack", "edition", "release"), name="edition_kept_once"
                    )
                ],
            },
        ),
        RaiseWalls("programme"),
    ]
