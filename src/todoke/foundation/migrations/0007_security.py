"""Second steps of signing in, sessions, appointments that end, and versions of the keys that wrap originals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Second steps, sessions, appointments that end, versions of keys."""

    dependencies = [
        ("foundation", "0006_parents"),
    ]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="key_version",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="valid_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed_secret", models.BinaryField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
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
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "二段階目",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DeskSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("begun_at", models.DateTimeField()),
                ("terminal", models.CharField(blank=True, default="", max_length=64)),
                ("program", models.CharField(blank=True, default="", max_length=40)),
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
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "サインインの状態",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["organisation", "staff"], name="session_by_staff")],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "回復コード",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("staff", "code_hash"), name="recovery_code_once")
                ],
            },
        ),
        RaiseWalls("foundation"),
    ]
