"""Decisions that a second person confirms."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Decisions that a second person confirms."""

    dependencies = [("foundation", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="LoneConfirmer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("allowed_at", models.DateTimeField()),
                ("allowed_by", models.CharField(max_length=64)),
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
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "一人での確認",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "kind", "staff"), name="lone_confirmer_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("kind", models.CharField(max_length=32)),
                ("object_kind", models.CharField(max_length=32)),
                ("object_id", models.CharField(max_length=64)),
                ("shown_hash", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "確認待ち"),
                            ("confirmed", "確認済み"),
                            ("refused", "差し戻し"),
                            ("withdrawn", "取下げ"),
                            ("expired", "期限切れ"),
                            ("overtaken", "内容の変更により無効"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("made_by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_by", models.CharField(blank=True, default="", max_length=64)),
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
                "verbose_name": "確認待ちの提案",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organisation", "state", "made_at"], name="proposal_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organisation", "kind", "object_kind", "object_id"),
                        name="one_open_proposal",
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="rolegrant",
            name="role",
            field=models.CharField(
                choices=[
                    ("reception", "受付"),
                    ("examination", "審査"),
                    ("decision", "決裁"),
                    ("linkage", "連携"),
                    ("auditing", "監査"),
                    ("staff_administration", "利用者管理"),
                    ("system_administration", "システム管理"),
                    ("protection", "支援措置担当"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="proceduredesk",
            name="closes_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="UseCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[("search", "申請の検索"), ("view", "申請の閲覧"), ("reveal", "番号の表示")],
                        max_length=12,
                    ),
                ),
                ("window", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
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
                ("staff_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "利用回数",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "staff_id", "use", "window"), name="use_once_a_window"
                    )
                ],
            },
        ),
        RaiseWalls("foundation"),
    ]
