"""Retention: holds, disposal lists, and since when something is gone."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Retention: holds, disposal lists, and since when something is gone."""

    dependencies = [("casework", "0011_cancellations"), ("foundation", "0004_disposal")]
    operations = [
        migrations.CreateModel(
            name="DisposalItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("record", models.BigIntegerField()),
                ("uuid", models.UUIDField(blank=True, null=True)),
                ("ended_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "廃棄待ち"),
                            ("disposed", "廃棄済み"),
                            ("held", "停止のため残した"),
                            ("changed", "内容が変わったため残した"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(blank=True, null=True)),
                ("hashes", models.TextField(blank=True, default="")),
                ("certificates", models.TextField(blank=True, default="")),
            ],
            options={
                "verbose_name": "廃棄一覧の一件",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DisposalRun",
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
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("rule", models.CharField(max_length=32)),
                ("rule_name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("case", "申請（処理が終わったもの）"),
                            ("quarantined", "隔離した申請データ"),
                            ("batch", "基幹への引渡しファイル"),
                            ("copy", "添付の無害化した写し"),
                            ("pull", "受信の記録"),
                        ],
                        max_length=12,
                    ),
                ),
                ("rules_sha256", models.CharField(max_length=64)),
                ("as_of", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("list_hash", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "承認待ち"),
                            ("approved", "廃棄中"),
                            ("done", "廃棄済み"),
                            ("dropped", "取りやめ"),
                        ],
                        max_length=12,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, default="", max_length=64)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("disposed", models.PositiveIntegerField(default=0)),
                ("certificate", models.TextField(blank=True, default="")),
                ("certificate_sha256", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "verbose_name": "廃棄一覧",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="LegalHoldRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("everything", "団体のすべて"),
                            ("procedure", "手続"),
                            ("application", "申請"),
                        ],
                        max_length=12,
                    ),
                ),
                ("meant", models.CharField(blank=True, default="", max_length=64)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("lawsuit", "訴訟・審査請求"),
                            ("disclosure", "情報公開請求・開示請求"),
                            ("inspection", "監査・検査・調査"),
                            ("other", "その他"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=64)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, default="", max_length=64)),
                ("lifted_reason", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "verbose_name": "廃棄の停止",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_status_known",
        ),
        migrations.AddField(
            model_name="batch",
            name="disposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="disposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="ended_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="package",
            name="disposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "opened",
                            "checking",
                            "awaiting_handover",
                            "handed_over",
                            "examining",
                            "returned",
                            "resubmitted",
                            "completed",
                            "rejected",
                            "withdrawn",
                            "reception_error",
                        ],
                    ),
                    models.Q(("disposed_at__isnull", False), ("status", "")),
                    _connector="OR",
                ),
                name="case_status_known",
            ),
        ),
        migrations.AddField(
            model_name="disposalitem",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                max_length=6,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.organisation",
                to_field="code",
            ),
        ),
        migrations.AddField(
            model_name="disposalrun",
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
            model_name="disposalrun",
            name="proposal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.proposalrow",
            ),
        ),
        migrations.AddField(
            model_name="disposalitem",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="casework.disposalrun",
            ),
        ),
        migrations.AddField(
            model_name="legalholdrow",
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
            model_name="disposalrun",
            index=models.Index(fields=["organisation", "state", "due_at"], name="disposal_due"),
        ),
        migrations.AddConstraint(
            model_name="disposalrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "approved"])),
                fields=("organisation", "rule"),
                name="one_open_disposal",
            ),
        ),
        migrations.AddIndex(
            model_name="disposalitem",
            index=models.Index(fields=["run", "state", "number"], name="disposal_item_next"),
        ),
        migrations.AddConstraint(
            model_name="disposalitem",
            constraint=models.UniqueConstraint(fields=("run", "record"), name="disposal_item_once"),
        ),
        migrations.AddIndex(
            model_name="legalholdrow",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=["organisation", "target"],
                name="hold_open",
            ),
        ),
        RaiseWalls("casework"),
    ]
