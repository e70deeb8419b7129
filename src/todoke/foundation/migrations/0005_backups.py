"""Backups taken, and restores that hold back what goes outside."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


def _id() -> models.BigAutoField:  # type: ignore[type-arg]  # a migration knows no types
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _body() -> models.ForeignKey:  # type: ignore[type-arg]  # a migration knows no types
    return models.ForeignKey(
        max_length=6,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="foundation.organisation",
        to_field="code",
    )


def _options(words: str) -> dict[str, object]:
    return {
        "verbose_name": words,
        "abstract": False,
        "base_manager_name": "objects",
        "default_manager_name": "objects",
    }


class Migration(migrations.Migration):
    """Backups taken, and restores that hold back what goes outside."""

    dependencies = [("foundation", "0004_disposal")]
    operations = [
        migrations.CreateModel(
            name="Restoration",
            fields=[
                ("id", _id()),
                ("set_name", models.CharField(max_length=40)),
                ("taken_at", models.DateTimeField()),
                ("restored_at", models.DateTimeField()),
                ("lost_entries", models.PositiveBigIntegerField(default=0)),
                ("lost_until", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("organisation", _body()),
            ],
            options={
                **_options("復元"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("organisation",), name="restoration_one_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", _id()),
                ("destination", models.CharField(max_length=60)),
                ("compared_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("released_by", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("organisation", _body()),
                (
                    "restoration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases",
                        to="foundation.restoration",
                    ),
                ),
            ],
            options={
                **_options("送信再開"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("restoration", "destination"), name="release_destination_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BackupRecord",
            fields=[
                ("id", _id()),
                ("set_name", models.CharField(max_length=40)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("taken", "控えを取った"), ("verified", "控えを確かめた"), ("faulty", "控えに誤りがあった"),
                        ],
                        max_length=8,
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("code", models.CharField(blank=True, default="", max_length=16)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("organisation", _body()),
            ],
            options={
                **_options("控えの記録"),
                "indexes": [models.Index(fields=["organisation", "act", "at"], name="backup_by_act")],
            },
        ),
        RaiseWalls("foundation"),
    ]  # fmt: skip
