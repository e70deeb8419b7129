"""The nightly re-reading of originals."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


def _id() -> "models.BigAutoField[int, int]":
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _body() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        max_length=6, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.organisation",
        to_field="code",
    )  # fmt: skip


def _options(name: str) -> dict[str, object]:
    return {
        "verbose_name": name, "abstract": False, "base_manager_name": "objects", "default_manager_name": "objects",
    }  # fmt: skip


class Migration(migrations.Migration):
    """How far the re-reading is, and which originals are damaged."""

    dependencies = [("foundation", "0009_moving")]
    operations = [
        migrations.CreateModel(
            name="Reread",
            fields=[
                ("id", _id()),
                ("after", models.BigIntegerField(default=0)),
                ("night", models.DateField()),
                ("share", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("passed_at", models.DateTimeField(blank=True, null=True)),
                ("organisation", _body()),
            ],
            options={
                **_options("原本の読み直し"),
                "constraints": [models.UniqueConstraint(fields=("organisation",), name="reread_once")],
            },
        ),
        migrations.CreateModel(
            name="DamagedOriginal",
            fields=[
                ("id", _id()),
                ("found_at", models.DateTimeField()),
                ("mended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.blob"
                    ),
                ),
                ("organisation", _body()),
            ],
            options={
                **_options("壊れた原本"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mended_at", None)),
                        fields=("organisation", "blob"),
                        name="damaged_once",
                    )
                ],
            },
        ),
        RaiseWalls("foundation"),
    ]
