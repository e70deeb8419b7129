"""Plans and their items."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Plans and their items."""

    dependencies = [("programme", "0001_packs")]
    operations = [
        migrations.CreateModel(
            name="AssessmentRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("held_on", models.DateField()),
                ("questionnaire", models.CharField(max_length=60)),
                ("edition", models.CharField(max_length=40)),
                ("levels", models.JSONField(default=dict)),
                ("remarks", models.JSONField(blank=True, default=dict)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=64)),
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
                "verbose_name": "自己点検",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("overall", "全体方針"),
                            ("standardisation", "標準化・共通化"),
                            ("online", "オンライン化"),
                            ("workforce", "人材"),
                        ],
                        max_length=16,
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("pack", models.CharField(max_length=200)),
                ("edition", models.CharField(max_length=40)),
                ("release", models.PositiveIntegerField()),
                ("overlays", models.JSONField(blank=True, default=list)),
                ("starts_on", models.DateField()),
                ("vision", models.TextField(blank=True, default="")),
                ("principles", models.JSONField(blank=True, default=list)),
                ("scope", models.JSONField(blank=True, default=list)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changes", models.PositiveIntegerField(default=0)),
                ("acts", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=64)),
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
                "verbose_name": "推進計画",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanLinkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_present", models.BooleanField(default=True)),
                ("before", models.UUIDField()),
                ("after", models.UUIDField()),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("FS", "終わってから始める"),
                            ("SS", "始まってから始める"),
                            ("FF", "終わってから終える"),
                            ("SF", "始まってから終える"),
                        ],
                        max_length=2,
                    ),
                ),
                ("lag", models.IntegerField(default=0)),
                (
                    "strength",
                    models.CharField(
                        choices=[("guideline", "手順書"), ("practice", "実務"), ("local", "団体")],
                        max_length=12,
                    ),
                ),
                ("is_relaxed", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programme.planrow"
                    ),
                ),
            ],
            options={
                "verbose_name": "計画の前後関係",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanItemRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_present", models.BooleanField(default=True)),
                ("key", models.CharField(max_length=200)),
                ("node", models.CharField(blank=True, default="", max_length=100)),
                ("concept_list", models.CharField(blank=True, default="", max_length=60)),
                ("concept", models.CharField(blank=True, default="", max_length=60)),
                ("concept_label", models.CharField(blank=True, default="", max_length=200)),
                ("label", models.CharField(max_length=500)),
                ("number", models.CharField(blank=True, default="", max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("group", "区分"),
                            ("step", "ステップ"),
                            ("phase", "フェーズ"),
                            ("task", "作業"),
                            ("gate", "関門"),
                            ("deliverable", "成果物"),
                            ("check", "確認"),
                            ("measure", "取組"),
                        ],
                        max_length=16,
                    ),
                ),
                ("parent", models.UUIDField(blank=True, null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "手順書どおり"),
                            ("adapted", "団体で変更"),
                            ("out_of_scope", "対象外"),
                            ("retired", "改定で終了"),
                            ("local", "団体独自"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("vendor", models.CharField(blank=True, default="", max_length=200)),
                ("responsible", models.CharField(blank=True, default="", max_length=200)),
                ("accountable", models.CharField(blank=True, default="", max_length=200)),
                ("consulted", models.JSONField(blank=True, default=list)),
                ("effort", models.JSONField(blank=True, default=dict)),
                (
                    "effort_basis",
                    models.CharField(
                        choices=[
                            ("source", "出典"),
                            ("product-default", "製品の既定値"),
                            ("body", "団体の入力"),
                        ],
                        max_length=16,
                    ),
                ),
                ("estimate", models.JSONField(blank=True, null=True)),
                ("early_startable", models.BooleanField(blank=True, null=True)),
                ("fixed_start", models.DateField(blank=True, null=True)),
                ("fixed_finish", models.DateField(blank=True, null=True)),
                ("deadline", models.DateField(blank=True, null=True)),
                ("deadline_text", models.CharField(blank=True, default="", max_length=500)),
                (
                    "deadline_strength",
                    models.CharField(
                        choices=[("guideline", "手順書"), ("practice", "実務"), ("local", "団体")],
                        max_length=12,
                    ),
                ),
                ("deliverables", models.JSONField(blank=True, default=list)),
                ("done_when", models.JSONField(blank=True, default=list)),
                ("tags", models.JSONField(blank=True, default=list)),
                ("evidence", models.JSONField(blank=True, default=list)),
                ("edition", models.CharField(blank=True, default="", max_length=300)),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same", "そのまま"),
                            ("reworded", "文言の変更"),
                            ("moved", "移動"),
                            ("split", "分割"),
                            ("merged", "統合"),
                            ("dropped", "削除"),
                            ("added", "追加"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("sources", models.JSONField(blank=True, default=list)),
                ("needs_sorting", models.BooleanField(default=False)),
                ("is_new", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, default="", max_length=1000)),
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.section",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programme.planrow"
                    ),
                ),
            ],
            options={
                "verbose_name": "計画の取組",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanEvidenceRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("label", models.CharField(max_length=200)),
                ("place", models.CharField(max_length=500)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=64)),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programme.planrow"
                    ),
                ),
            ],
            options={
                "verbose_name": "取組の根拠資料",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanChangeRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("act", models.CharField(choices=[("edited", "変更"), ("undone", "取消し")], max_length=8)),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("plan", "計画"),
                            ("item", "取組"),
                            ("link", "前後関係"),
                            ("window", "時期の制約"),
                            ("capacity", "体制"),
                        ],
                        max_length=8,
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("label", models.CharField(max_length=500)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("undoes", models.PositiveIntegerField(blank=True, null=True)),
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
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.planrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "計画の変更",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanCapacityRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_present", models.BooleanField(default=True)),
                (
                    "kind",
                    models.CharField(choices=[("role", "職員の役割"), ("vendor", "事業者")], max_length=12),
                ),
                ("name", models.CharField(max_length=200)),
                ("units", models.FloatField()),
                ("begins", models.DateField(blank=True, null=True)),
                ("ends", models.DateField(blank=True, null=True)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("source", "出典"),
                            ("product-default", "製品の既定値"),
                            ("body", "団体の入力"),
                        ],
                        max_length=16,
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programme.planrow"
                    ),
                ),
            ],
            options={
                "verbose_name": "計画の体制",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanSnapshotRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField()),
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
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.planrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "計画の写し",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="AdoptionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("number", models.PositiveIntegerField()),
                ("changes", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("adopted", "採用"),
                            ("undone", "採用の取消し"),
                            ("redone", "取消しの取消し"),
                        ],
                        max_length=8,
                    ),
                ),
                ("pack", models.CharField(max_length=200)),
                ("base_edition", models.CharField(max_length=40)),
                ("base_release", models.PositiveIntegerField()),
                ("new_edition", models.CharField(max_length=40)),
                ("new_release", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("sheet", models.BinaryField(default=b"")),
                ("sheet_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("decisions", models.JSONField(blank=True, default=dict)),
                (
                    "of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.adoptionrow",
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
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.planrow",
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.plansnapshotrow",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.plansnapshotrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "版の採用",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PlanWindowRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_present", models.BooleanField(default=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assembly", "議会"),
                            ("budget", "予算"),
                            ("contract", "契約"),
                            ("busy", "繁忙期"),
                            ("other", "その他"),
                        ],
                        max_length=12,
                    ),
                ),
                ("label", models.CharField(max_length=200)),
                ("begins", models.CharField(max_length=5)),
                ("ends", models.CharField(max_length=5)),
                ("applies_to", models.JSONField(default=list)),
                ("is_freeze", models.BooleanField(default=False)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("source", "出典"),
                            ("product-default", "製品の既定値"),
                            ("body", "団体の入力"),
                        ],
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=100)),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programme.planrow"
                    ),
                ),
            ],
            options={
                "verbose_name": "計画の時期の制約",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SetupDraftRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("overall", "全体方針"),
                            ("standardisation", "標準化・共通化"),
                            ("online", "オンライン化"),
                            ("workforce", "人材"),
                        ],
                        max_length=16,
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("pack", models.CharField(max_length=200)),
                ("edition", models.CharField(max_length=40)),
                ("release", models.PositiveIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("scope", "対象の事務・手続"),
                            ("sections", "担当課"),
                            ("calendar", "開始と議会の月"),
                            ("staff", "体制"),
                            ("systems", "システムと期日"),
                        ],
                        max_length=12,
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("started_on", models.DateField()),
                ("updated_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "plan",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.planrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "作りかけの計画",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="StatementRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("office", models.CharField(max_length=60)),
                ("text", models.TextField()),
                ("stated_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=64)),
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
                "verbose_name": "首長のメッセージ",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SurveyRoundRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=100)),
                ("questionnaire", models.CharField(max_length=60)),
                ("edition", models.CharField(max_length=40)),
                ("smallest_group", models.PositiveSmallIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "職員調査の回",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SurveyCountRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(max_length=100)),
                ("question", models.CharField(blank=True, default="", max_length=40)),
                ("choice", models.CharField(max_length=40)),
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
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.surveyroundrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "職員調査の集計",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SurveyCodeRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("is_used", models.BooleanField(default=False)),
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
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.surveyroundrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "職員調査の回答コード",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="WorkshopRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=100)),
                ("held_on", models.DateField()),
                ("service", models.CharField(max_length=200)),
                ("persona", models.TextField(blank=True, default="")),
                ("stages", models.JSONField(blank=True, default=list)),
                ("participants", models.JSONField(blank=True, default=dict)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=64)),
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
                "verbose_name": "サービスデザインの記録",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="WorkshopFindingRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("trouble", "困りごと"), ("insight", "気づき"), ("idea", "改善の案")],
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("stage", models.CharField(blank=True, default="", max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[("candidate", "取組の候補"), ("taken", "取組にした"), ("left", "見送り")],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("item", models.UUIDField(blank=True, null=True)),
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
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="programme.workshoprow",
                    ),
                ),
            ],
            options={
                "verbose_name": "サービスデザインの気づき",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="planrow",
            index=models.Index(fields=["organisation", "kind"], name="plan_kind"),
        ),
        migrations.AddIndex(
            model_name="planlinkrow",
            index=models.Index(fields=["plan", "is_present"], name="plan_link_present"),
        ),
        migrations.AddIndex(
            model_name="planitemrow",
            index=models.Index(fields=["plan", "is_present", "position"], name="plan_item_order"),
        ),
        migrations.AddIndex(
            model_name="planitemrow",
            index=models.Index(fields=["plan", "key"], name="plan_item_key"),
        ),
        migrations.AddConstraint(
            model_name="planchangerow",
            constraint=models.UniqueConstraint(fields=("plan", "number"), name="plan_change_number"),
        ),
        migrations.AddConstraint(
            model_name="plansnapshotrow",
            constraint=models.UniqueConstraint(fields=("plan", "sha256"), name="plan_snapshot_once"),
        ),
        migrations.AddConstraint(
            model_name="adoptionrow",
            constraint=models.UniqueConstraint(fields=("plan", "number"), name="adoption_number"),
        ),
        migrations.AddConstraint(
            model_name="statementrow",
            constraint=models.UniqueConstraint(fields=("organisation", "number"), name="statement_number"),
        ),
        migrations.AddConstraint(
            model_name="surveycountrow",
            constraint=models.UniqueConstraint(
                fields=("round", "group", "question", "choice"), name="survey_count_once"
            ),
        ),
        RaiseWalls("programme"),
    ]
