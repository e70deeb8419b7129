"""Signed files between bodies."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Signed files between bodies."""

    dependencies = [
        ("foundation", "0007_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangePeer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("peer", models.CharField(max_length=6)),
                ("public_key", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("registered_by", models.CharField(max_length=64)),
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
                "verbose_name": "受け渡しの相手",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "peer", "public_key"), name="exchange_peer_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("fence", models.PositiveBigIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("parked_code", models.CharField(blank=True, default="", max_length=16)),
                ("kind", models.CharField(max_length=40)),
                ("sender", models.CharField(max_length=6)),
                ("number", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "取込み待ち"),
                            ("taken", "取込み済み"),
                            ("refused", "取り込まない"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=16)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "届いたファイル",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organisation", "kind", "state", "due_at"], name="incoming_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "sender", "kind", "number"), name="incoming_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("fence", models.PositiveBigIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("parked_code", models.CharField(blank=True, default="", max_length=16)),
                ("kind", models.CharField(max_length=40)),
                ("recipient", models.CharField(max_length=6)),
                ("number", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(choices=[("ready", "送付待ち"), ("sent", "送付済み")], max_length=8),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "送付ファイル",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["organisation", "state", "due_at"], name="outgoing_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "recipient", "kind", "number"), name="outgoing_number_once"
                    )
                ],
            },
        ),
        RaiseWalls("foundation"),
    ]
