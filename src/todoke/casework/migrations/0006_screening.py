"""Attachments looked into: scans, sanitised copies, releases."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Attachments looked into: scans, sanitised copies, releases."""

    dependencies = [("casework", "0005_evidence"), ("foundation", "0003_approvals")]
    operations = [
        migrations.CreateModel(
            name="AttachmentRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("proposal", models.CharField(max_length=64)),
                ("shown_hash", models.CharField(max_length=64)),
                ("codes", models.CharField(blank=True, default="", max_length=200)),
                ("released_at", models.DateTimeField()),
                ("released_by", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "添付原本の開示",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SanitisedCopy",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "作成待ち"),
                            ("made", "作成済"),
                            ("not_made", "無害化できません"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kind", models.CharField(blank=True, default="", max_length=32)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256_before", models.CharField(max_length=64)),
                ("sha256_after", models.CharField(blank=True, default="", max_length=64)),
                ("pages_before", models.PositiveIntegerField(default=0)),
                ("pages_after", models.PositiveIntegerField(default=0)),
                ("tool", models.CharField(blank=True, default="", max_length=100)),
                ("is_partial", models.BooleanField(default=False)),
                ("code", models.CharField(blank=True, default="", max_length=16)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "無害化した写し",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ScanResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("engine", models.CharField(max_length=80)),
                ("signatures", models.CharField(blank=True, default="", max_length=40)),
                ("signatures_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("clean", "検出なし"),
                            ("infected", "ウイルス検出"),
                            ("stale", "定義ファイルが古い"),
                            ("too_large", "大きすぎて検査できない"),
                        ],
                        max_length=12,
                    ),
                ),
                ("found", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "ウイルス検査の結果",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ScreenedContent",
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
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("kind", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "検査待ち"),
                            ("unscanned", "未検査（ウイルス対策ソフト未設定）"),
                            ("screened", "検査済"),
                            ("unscreenable", "検査できない"),
                            ("sealed", "封印"),
                            ("released", "二人の確認で開示"),
                        ],
                        max_length=12,
                    ),
                ),
                ("codes", models.CharField(blank=True, default="", max_length=200)),
                ("needs_look", models.BooleanField(default=False)),
                ("is_dangerous", models.BooleanField(default=False)),
                ("noted_at", models.DateTimeField()),
                ("screened_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "検査する内容",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "検査待ち"),
                            ("unscanned", "未検査（ウイルス対策ソフト未設定）"),
                            ("screened", "検査済"),
                            ("unscreenable", "検査できない"),
                            ("sealed", "封印"),
                            ("released", "二人の確認で開示"),
                        ],
                        max_length=12,
                    ),
                ),
                ("codes", models.CharField(blank=True, default="", max_length=200)),
                ("since", models.DateTimeField()),
                ("holds_numbers", models.BooleanField(default=False)),
                ("marked_by", models.CharField(blank=True, default="", max_length=64)),
                ("marked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "添付の検査",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AlterField(
            model_name="attachment",
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
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["organisation", "id"], name="attachment_of_body"),
        ),
        migrations.AddField(
            model_name="attachmentrelease",
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
            model_name="sanitisedcopy",
            name="blob",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.blob",
            ),
        ),
        migrations.AddField(
            model_name="sanitisedcopy",
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
            model_name="scanresult",
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
            model_name="screenedcontent",
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
            model_name="screenedcontent",
            name="sample",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.attachment",
            ),
        ),
        migrations.AddField(
            model_name="scanresult",
            name="content",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.screenedcontent"
            ),
        ),
        migrations.AddField(
            model_name="sanitisedcopy",
            name="content",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.screenedcontent"
            ),
        ),
        migrations.AddField(
            model_name="screening",
            name="attachment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.attachment"
            ),
        ),
        migrations.AddField(
            model_name="screening",
            name="content",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.screenedcontent"
            ),
        ),
        migrations.AddField(
            model_name="screening",
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
            model_name="attachmentrelease",
            name="screening",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.screening"
            ),
        ),
        migrations.AddIndex(
            model_name="screenedcontent",
            index=models.Index(fields=["organisation", "state", "due_at"], name="content_due"),
        ),
        migrations.AddConstraint(
            model_name="screenedcontent",
            constraint=models.UniqueConstraint(
                fields=("organisation", "sha256"), name="content_screened_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="screenedcontent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "unscanned", "screened", "unscreenable", "sealed", "released"])
                ),
                name="content_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="sanitisedcopy",
            index=models.Index(fields=["organisation", "state", "due_at"], name="copy_due"),
        ),
        migrations.AddConstraint(
            model_name="sanitisedcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "made"), _negated=True), ("blob__isnull", False), _connector="OR"
                ),
                name="copy_made_has_bytes",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanitisedcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "not_made"), _negated=True),
                    models.Q(("code", ""), _negated=True),
                    _connector="OR",
                ),
                name="copy_not_made_has_code",
            ),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(fields=["organisation", "attachment"], name="screening_taken_up"),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                condition=models.Q(("state", "sealed")),
                fields=["organisation", "id"],
                name="screening_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachmentrelease",
            constraint=models.UniqueConstraint(
                fields=("screening", "shown_hash"), name="attachment_released_once"
            ),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="state",
            field=models.CharField(
                choices=[("sound", "問題なし"), ("flagged", "要確認"), ("sealed", "封印中")], max_length=8
            ),
        ),
        RaiseWalls("casework"),
    ]
