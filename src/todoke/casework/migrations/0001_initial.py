"""The tables of the casework stages."""

import django.db.models.deletion
from django.db import migrations, models

import todoke.casework.cases.values


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("foundation", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
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
                ("uuid", models.UUIDField(unique=True)),
                ("receipt_number", models.CharField(max_length=40)),
                ("content_hash", models.CharField(max_length=64)),
                ("procedure", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=200)),
                ("applied_at", models.DateTimeField()),
                ("portal_received_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                ("serial_text", models.CharField(blank=True, default="", max_length=100)),
                ("serial", models.CharField(blank=True, default="", max_length=40)),
                ("issuer_key", models.CharField(blank=True, default="", max_length=128)),
                ("applicant_key", models.CharField(blank=True, default="", max_length=170)),
                (
                    "signature_state",
                    models.CharField(
                        choices=[
                            ("not_required", "署名不要"),
                            ("valid", "有効"),
                            ("invalid", "無効"),
                            ("indeterminate", "確認できない"),
                        ],
                        max_length=16,
                    ),
                ),
                ("signature_reason", models.CharField(blank=True, default="", max_length=16)),
                ("signer_issuer_key", models.CharField(blank=True, default="", max_length=128)),
                ("signer_serial", models.CharField(blank=True, default="", max_length=40)),
                (
                    "duplicate_kind",
                    models.CharField(
                        choices=[
                            ("none", "なし"),
                            ("same_content", "同一内容"),
                            ("same_receipt", "同一受付番号"),
                            ("same_person", "同一人・同一手続"),
                            ("resubmission", "再申請"),
                        ],
                        max_length=16,
                    ),
                ),
                ("hold_codes", models.CharField(blank=True, default="", max_length=100)),
                ("layout", models.CharField(max_length=200)),
                ("layout_edition", models.CharField(max_length=100)),
                ("document", models.TextField()),
                (
                    "next_step",
                    models.CharField(
                        choices=[("identify", "申請者の特定待ち"), ("open", "受付待ち"), ("done", "受付済")],
                        max_length=12,
                    ),
                ),
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
                "verbose_name": "申請",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(unique=True)),
                ("receipt_number", models.CharField(max_length=40)),
                ("channel", models.CharField(max_length=40)),
                ("procedure", models.CharField(max_length=20)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("opened", "受付済"),
                            ("checking", "形式審査中"),
                            ("awaiting_handover", "基幹連携待ち"),
                            ("handed_over", "連携済"),
                            ("examining", "審査中"),
                            ("returned", "補正依頼中"),
                            ("resubmitted", "再申請受領済"),
                            ("completed", "完了"),
                            ("rejected", "却下"),
                            ("withdrawn", "取下げ"),
                            ("reception_error", "受付エラー"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("applicant_name", models.CharField(blank=True, default="", max_length=200)),
                ("applicant_kana", models.CharField(blank=True, default="", max_length=200)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                (
                    "identity_state",
                    models.CharField(
                        choices=[
                            ("matched", "特定済"),
                            ("renewed", "特定済（更新後の証明書）"),
                            ("unknown", "未特定"),
                            ("conflict", "候補複数"),
                            ("not_asked", "照会対象外"),
                            ("decided", "職員が決定"),
                        ],
                        max_length=12,
                    ),
                ),
                ("signature_state", models.CharField(max_length=16)),
                ("duplicate_kind", models.CharField(max_length=16)),
                (
                    "handover_state",
                    models.CharField(
                        choices=[
                            ("undecided", "未判定"),
                            ("none", "引渡し対象外"),
                            ("held", "保留"),
                            ("waiting", "引渡し待ち"),
                            ("sent", "引渡し済"),
                            ("receipted", "受領済"),
                            ("refused", "基幹が拒否"),
                        ],
                        max_length=12,
                    ),
                ),
                ("hold_code", models.CharField(blank=True, default="", max_length=16)),
                (
                    "notice_state",
                    models.CharField(
                        choices=[
                            ("silent", "通知なし"),
                            ("due", "通知待ち"),
                            ("queued", "送信待ち"),
                            ("answered", "通知済"),
                            ("to_type", "手入力待ち"),
                            ("typed", "手入力済"),
                            ("failed", "通知できず"),
                        ],
                        max_length=12,
                    ),
                ),
                ("findings_count", models.PositiveIntegerField(default=0)),
                ("worst_severity", models.CharField(blank=True, default="", max_length=12)),
                ("visit_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("is_resubmission", models.BooleanField(default=False)),
                ("search", models.TextField(blank=True, default="")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.application",
                    ),
                ),
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
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="following",
                        to="casework.case",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="foundation.section",
                    ),
                ),
            ],
            options={
                "verbose_name": "申請（一覧の行）",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("staff", "職員"),
                            ("worker", "自動処理"),
                            ("command", "管理コマンド"),
                            ("portal", "外部システム"),
                        ],
                        max_length=8,
                    ),
                ),
                ("actor_id", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "受付"),
                            ("moved", "処理状況の変更"),
                            ("identity", "申請者の特定"),
                            ("hold", "保留"),
                            ("released", "保留の解除"),
                            ("handover", "基幹への引渡し"),
                            ("notice", "申請者への通知"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_word", models.CharField(blank=True, default="", max_length=20)),
                ("to_word", models.CharField(blank=True, default="", max_length=20)),
                ("note", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "notice_state",
                    models.CharField(
                        choices=[
                            ("silent", "通知なし"),
                            ("due", "通知待ち"),
                            ("queued", "送信待ち"),
                            ("answered", "通知済"),
                            ("to_type", "手入力待ち"),
                            ("typed", "手入力済"),
                            ("failed", "通知できず"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="casework.case"
                    ),
                ),
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
                "verbose_name": "申請の経過",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=32)),
                (
                    "kind",
                    models.CharField(
                        choices=[("api", "連携API"), ("folder", "監視フォルダ"), ("hand", "手作業の取込")],
                        max_length=8,
                    ),
                ),
                ("profile", models.CharField(max_length=200)),
                ("layout", models.CharField(max_length=200)),
                ("settings", models.TextField(default="{}")),
                ("is_active", models.BooleanField(default=True)),
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
                "verbose_name": "受付経路",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="application",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.channel",
            ),
        ),
        migrations.CreateModel(
            name="CoreSystem",
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
                ("name", models.CharField(max_length=40)),
                ("profile", models.CharField(max_length=200)),
                (
                    "adapter",
                    models.CharField(
                        choices=[("http_inbox", "受信箱（HTTP）"), ("folder", "共有フォルダー")],
                        max_length=12,
                    ),
                ),
                ("settings", models.TextField(default="{}")),
                ("is_active", models.BooleanField(default=True)),
                ("is_stopped", models.BooleanField(default=False)),
                ("next_number", models.PositiveIntegerField(default=1)),
                ("receipts_cursor", models.PositiveBigIntegerField(default=0)),
                ("away_since", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "基幹システム",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CoreLedgerRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("row_sha256", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=8)),
                ("fetched_at", models.DateTimeField()),
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
                    "core_system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.coresystem",
                    ),
                ),
            ],
            options={
                "verbose_name": "基幹側の台帳の写し",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Batch",
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
                ("number", models.PositiveIntegerField()),
                ("part", models.PositiveIntegerField(default=0)),
                ("file_name", models.CharField(max_length=100)),
                ("row_count", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("written", "送信待ち"), ("sent", "受領待ち"), ("acknowledged", "受領済")],
                        max_length=12,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.blob"
                    ),
                ),
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
                    "core_system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.coresystem",
                    ),
                ),
            ],
            options={
                "verbose_name": "一括取込ファイル",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Handover",
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
                ("version", models.PositiveIntegerField(default=1)),
                ("idempotency_key", models.CharField(max_length=64)),
                ("case_version", models.PositiveIntegerField(default=0)),
                ("receipt_number", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "保留"),
                            ("ready", "引渡し待ち"),
                            ("batched", "引渡し中"),
                            ("sent", "引渡し済"),
                            ("receipted", "受領済"),
                            ("refused", "拒否"),
                        ],
                        max_length=12,
                    ),
                ),
                ("hold_code", models.CharField(blank=True, default="", max_length=16)),
                ("hold_facts", models.TextField(default="{}")),
                ("row_offset", models.PositiveBigIntegerField(default=0)),
                ("row_length", models.PositiveIntegerField(default=0)),
                ("row_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("prepared_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("receipted_at", models.DateTimeField(blank=True, null=True)),
                ("refusal_code", models.CharField(blank=True, default="", max_length=32)),
                ("refusal_message", models.CharField(blank=True, default="", max_length=400)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="casework.batch",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="casework.case",
                    ),
                ),
                (
                    "core_system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.coresystem",
                    ),
                ),
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
                "verbose_name": "引渡し台帳",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="LinkGeneration",
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
                            ("loading", "取込中"),
                            ("current", "現行"),
                            ("retired", "旧世代"),
                            ("refused", "取込中止"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("full", "全件"), ("differential", "差分")], max_length=12),
                ),
                ("source", models.CharField(max_length=100)),
                ("profile", models.CharField(max_length=40)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("carried", models.PositiveBigIntegerField(default=0)),
                ("bad_rows", models.PositiveBigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("loaded_at", models.DateTimeField(blank=True, null=True)),
                ("loaded_by", models.CharField(max_length=64)),
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
                "verbose_name": "番号紐付情報の世代",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="IdentityLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer_key", models.CharField(max_length=128)),
                ("serial", models.CharField(max_length=40)),
                ("number", models.CharField(max_length=15)),
                ("number_kind", models.CharField(max_length=32)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("is_inferred", models.BooleanField(default=False)),
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
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.linkgeneration",
                    ),
                ),
            ],
            options={
                "verbose_name": "番号紐付情報",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Package",
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
                ("uuid", models.UUIDField(unique=True)),
                ("receipt_number", models.CharField(max_length=40)),
                ("content_hash", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("procedure_hint", models.CharField(blank=True, default="", max_length=20)),
                ("file_label", models.CharField(blank=True, default="", max_length=200)),
                ("portal_received_at", models.DateTimeField(blank=True, null=True)),
                ("listed_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "処理待ち"), ("accepted", "受理"), ("quarantined", "隔離")],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=16)),
                ("facts", models.TextField(default="{}")),
                ("waits_for", models.CharField(blank=True, default="", max_length=40)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.blob"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.channel"
                    ),
                ),
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
                "verbose_name": "申請データ",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FindingRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("note", "参考"),
                            ("warn", "要確認"),
                            ("hold", "引き渡し保留"),
                            ("stop", "受理できない"),
                        ],
                        max_length=8,
                    ),
                ),
                ("where", models.CharField(blank=True, default="", max_length=200)),
                ("facts", models.TextField(default="{}")),
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
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.package"
                    ),
                ),
            ],
            options={
                "verbose_name": "指摘",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="application",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.package",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="package",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.package"
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.package",
            ),
        ),
        migrations.CreateModel(
            name="PartyRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("applicant", "申請者"),
                            ("subject", "対象者"),
                            ("agent", "代理人"),
                            ("head", "世帯主"),
                            ("insured", "被保険者"),
                        ],
                        max_length=12,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("kana", models.CharField(blank=True, default="", max_length=200)),
                ("birth", models.CharField(blank=True, default="", max_length=40)),
                ("issuer_key", models.CharField(blank=True, default="", max_length=128)),
                ("serial", models.CharField(blank=True, default="", max_length=40)),
                ("stated_number", models.CharField(blank=True, default="", max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("matched", "特定済"),
                            ("renewed", "特定済（更新後の証明書）"),
                            ("unknown", "未特定"),
                            ("conflict", "候補複数"),
                            ("not_asked", "照会対象外"),
                            ("decided", "職員が決定"),
                        ],
                        max_length=12,
                    ),
                ),
                ("number", models.CharField(blank=True, default="", max_length=15)),
                ("number_kind", models.CharField(blank=True, default="", max_length=32)),
                ("candidates", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("decided_by", models.CharField(blank=True, default="", max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, default="", max_length=400)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.application",
                    ),
                ),
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
                "verbose_name": "申請の関係者",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16)),
                ("facts", models.TextField(default="{}")),
                ("portal_received_at", models.DateTimeField(blank=True, null=True)),
                ("since", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("released_by", models.CharField(blank=True, default="", max_length=64)),
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
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.package"
                    ),
                ),
            ],
            options={
                "verbose_name": "隔離",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RelayRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("is_complete", models.BooleanField(default=False)),
                ("listed", models.PositiveIntegerField(default=0)),
                ("stored", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("failures", models.TextField(default="[]")),
                ("list_code", models.CharField(blank=True, default="", max_length=16)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.channel"
                    ),
                ),
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
                "verbose_name": "受信の記録",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Substitute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("element", models.CharField(max_length=16)),
                ("replacement", models.CharField(max_length=16)),
                ("chosen_by", models.CharField(max_length=64)),
                ("chosen_at", models.DateTimeField()),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="substitutes",
                        to="casework.handover",
                    ),
                ),
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
                "verbose_name": "代替文字",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UnexpectedReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveBigIntegerField()),
                ("batch_name", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField()),
                (
                    "core_system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.coresystem",
                    ),
                ),
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
                "verbose_name": "覚えのない受領通知",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Watermark",
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
                ("kind", models.CharField(max_length=8)),
                ("position", models.DateTimeField(blank=True, null=True)),
                ("is_complete", models.BooleanField(default=False)),
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.channel"
                    ),
                ),
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
                "verbose_name": "受信の位置",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("label", models.CharField(max_length=200)),
                ("raw_name", models.CharField(max_length=2000)),
                ("kind", models.CharField(max_length=32)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("method", models.PositiveSmallIntegerField()),
                ("data_offset", models.BigIntegerField()),
                ("compressed_size", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(choices=[("sound", "問題なし"), ("flagged", "要確認")], max_length=8),
                ),
                ("code", models.CharField(blank=True, default="", max_length=16)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.application",
                    ),
                ),
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
                "verbose_name": "添付ファイル",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "position"), name="attachment_position_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "id"], name="case_newest"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "status", "id"], name="case_by_status"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "section", "status", "id"], name="case_by_section"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["organisation", "procedure", "status", "id"], name="case_by_procedure"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "identity_state", "id"], name="case_by_identity"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "handover_state", "id"], name="case_by_handover"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("hold_code__gt", "")),
                fields=["organisation", "hold_code", "id"],
                name="case_by_hold",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "receipt_number"], name="case_by_receipt"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("visit_on__isnull", False)),
                fields=["organisation", "visit_on"],
                name="case_by_visit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("previous__isnull", False)), fields=["previous"], name="case_by_previous"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            todoke.casework.cases.values.CaseStatus["OPENED"],
                            todoke.casework.cases.values.CaseStatus["CHECKING"],
                            todoke.casework.cases.values.CaseStatus["AWAITING_HANDOVER"],
                            todoke.casework.cases.values.CaseStatus["HANDED_OVER"],
                            todoke.casework.cases.values.CaseStatus["EXAMINING"],
                            todoke.casework.cases.values.CaseStatus["RETURNED"],
                            todoke.casework.cases.values.CaseStatus["RESUBMITTED"],
                            todoke.casework.cases.values.CaseStatus["COMPLETED"],
                            todoke.casework.cases.values.CaseStatus["REJECTED"],
                            todoke.casework.cases.values.CaseStatus["WITHDRAWN"],
                            todoke.casework.cases.values.CaseStatus["RECEPTION_ERROR"],
                        ],
                    )
                ),
                name="case_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handover_state", "held"), ("hold_code__gt", "")),
                    models.Q(("handover_state", "held"), _negated=True),
                    _connector="OR",
                ),
                name="case_hold_explained",
            ),
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(
                condition=models.Q(("notice_state", "due")),
                fields=["organisation", "id"],
                name="event_to_tell",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="channel_name_once"),
        ),
        migrations.AddConstraint(
            model_name="coresystem",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="core_name_once"),
        ),
        migrations.AddConstraint(
            model_name="coreledgerrow",
            constraint=models.UniqueConstraint(fields=("core_system", "key"), name="core_ledger_once"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["organisation", "state", "due_at"], name="batch_due"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("core_system", "number", "part"), name="batch_once"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("core_system", "file_name"), name="batch_file_once"),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(
                fields=["organisation", "core_system", "state", "due_at"], name="handover_due"
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["organisation", "batch", "state"], name="handover_of_batch"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                fields=("organisation", "idempotency_key"), name="handover_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                fields=("core_system", "case", "version"), name="handover_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("core_system", "case"),
                name="handover_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), _negated=True),
                    models.Q(("hold_code", ""), _negated=True),
                    _connector="OR",
                ),
                name="handover_hold_has_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["held", "ready"]),
                    models.Q(("batch__isnull", False), models.Q(("row_sha256", ""), _negated=True)),
                    _connector="OR",
                ),
                name="handover_sent_is_pinned",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkgeneration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "loading")), fields=("organisation",), name="one_load"
            ),
        ),
        migrations.AddIndex(
            model_name="identitylink",
            index=models.Index(fields=["organisation", "serial"], name="link_by_serial"),
        ),
        migrations.AddIndex(
            model_name="identitylink",
            index=models.Index(fields=["organisation", "number"], name="link_by_number"),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(fields=["organisation", "state", "due_at"], name="package_due"),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(fields=["organisation", "receipt_number"], name="package_receipt"),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(
                condition=models.Q(("waits_for", ""), _negated=True),
                fields=["organisation", "waits_for"],
                name="package_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.UniqueConstraint(
                fields=("organisation", "channel", "receipt_number", "content_hash"), name="package_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "accepted", "quarantined"])),
                name="package_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "quarantined"), _negated=True),
                    models.Q(("code", ""), _negated=True),
                    _connector="OR",
                ),
                name="package_quarantine_has_code",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["organisation", "next_step", "due_at"], name="application_due"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["organisation", "content_hash"], name="application_content"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["organisation", "receipt_number"], name="application_receipt"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("applicant_key", ""), _negated=True),
                fields=["organisation", "applicant_key"],
                name="application_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="partyrow",
            constraint=models.UniqueConstraint(fields=("application", "role", "position"), name="party_once"),
        ),
        migrations.AddConstraint(
            model_name="partyrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", ""), ("state__in", ["matched", "renewed", "decided"]), _connector="OR"
                ),
                name="party_number_explained",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarantine",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at__isnull", True)),
                fields=("package",),
                name="quarantine_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="relayrun",
            index=models.Index(fields=["channel", "id"], name="run_of_channel"),
        ),
        migrations.AddConstraint(
            model_name="substitute",
            constraint=models.UniqueConstraint(fields=("handover", "element"), name="substitute_once"),
        ),
        migrations.AddConstraint(
            model_name="unexpectedreceipt",
            constraint=models.UniqueConstraint(fields=("core_system", "seq"), name="alarm_once"),
        ),
    ]
