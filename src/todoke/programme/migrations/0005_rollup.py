"""Submissions, questions, support."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Submissions, questions, support."""

    dependencies = [("foundation", "0010_rereading"), ("programme", "0004_review")]

    operations = [
        migrations.CreateModel(
            name="EnquiryRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("fields", models.JSONField(default=list)),
                ("due_on", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=64)),
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
                "verbose_name": "照会",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="EnquiryTargetRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("body", models.CharField(max_length=6)),
                ("name", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "回答待ち"),
                            ("answered", "回答済み"),
                            ("returned", "差戻し"),
                            ("accepted", "受領"),
                        ],
                        max_length=8,
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="programme.enquiryrow",
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
                "verbose_name": "照会先",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ForwardRuleRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_automatic", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
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
                "verbose_name": "国への送付の決まり",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PublicationRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("layout", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                ("as_of", models.DateField()),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                ("bodies", models.PositiveIntegerField()),
                ("misfits", models.JSONField(blank=True, default=list)),
                ("misfit_counts", models.JSONField(blank=True, default=dict)),
                ("values", models.TextField(blank=True, default="")),
                ("taken_by", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField()),
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
                "verbose_name": "公表資料の取込み",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ReceivedEnquiryRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("asker", models.CharField(max_length=6)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("fields", models.JSONField(default=list)),
                ("due_on", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "回答待ち"),
                            ("answered", "回答済み"),
                            ("returned", "差戻し"),
                            ("accepted", "受領"),
                        ],
                        max_length=8,
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "受けた照会",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SentSubmissionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("plan", models.UUIDField()),
                ("recipient", models.CharField(max_length=6)),
                ("number", models.PositiveIntegerField()),
                ("pack", models.CharField(max_length=200)),
                ("edition", models.CharField(max_length=80)),
                ("release", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("done", models.PositiveIntegerField()),
                ("out_of_scope", models.PositiveIntegerField()),
                ("working", models.PositiveIntegerField()),
                ("not_started", models.PositiveIntegerField()),
                ("document", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField(max_length=64)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, default="", max_length=200)),
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
                "verbose_name": "提出の控え",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SubmissionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("subject", models.CharField(max_length=6)),
                ("name", models.CharField(max_length=100)),
                ("sender", models.CharField(max_length=6)),
                (
                    "source",
                    models.CharField(
                        choices=[("submitted", "団体の提出"), ("published", "国の公表資料")], max_length=10
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("pack", models.CharField(blank=True, default="", max_length=200)),
                ("edition", models.CharField(blank=True, default="", max_length=80)),
                ("release", models.PositiveIntegerField(default=0)),
                ("as_of", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("current", "最新"),
                            ("superseded", "新しい提出あり"),
                            ("withdrawn", "取下げ"),
                        ],
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("out_of_scope", models.PositiveIntegerField(default=0)),
                ("working", models.PositiveIntegerField(default=0)),
                ("not_started", models.PositiveIntegerField(default=0)),
                ("weighted_permille", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("stale_permille", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("p50", models.DateField(blank=True, null=True)),
                ("p80", models.DateField(blank=True, null=True)),
                ("chance_permille", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("document", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("signed", models.BinaryField(blank=True, default=b"")),
                ("withdrawal", models.BinaryField(blank=True, default=b"")),
                ("signer_key", models.CharField(blank=True, default="", max_length=64)),
                ("is_new_key", models.BooleanField(default=False)),
                ("forwarded_state", models.CharField(blank=True, default="", max_length=10)),
                ("forwarded_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
                    "publication",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.publicationrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "受けた提出",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ComparedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.CharField(max_length=80)),
                ("release", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField()),
                ("out_of_scope", models.PositiveIntegerField()),
                ("working", models.PositiveIntegerField()),
                ("not_started", models.PositiveIntegerField()),
                ("unknown", models.PositiveIntegerField()),
                ("concepts", models.TextField()),
                ("states", models.TextField()),
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compared",
                        to="programme.submissionrow",
                    ),
                ),
            ],
            options={
                "verbose_name": "版をそろえた提出",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SummedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("submitted", "団体の提出"), ("published", "国の公表資料")], max_length=10
                    ),
                ),
                ("pack", models.CharField(max_length=200)),
                ("edition", models.CharField(max_length=80)),
                ("release", models.PositiveIntegerField()),
                ("document", models.TextField()),
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
                "verbose_name": "集計の控え",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SupportRow",
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
                            ("expert", "専門家派遣"),
                            ("procurement", "共同調達"),
                            ("training", "共同研修"),
                            ("other", "その他の支援"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "予定"),
                            ("running", "実施中"),
                            ("finished", "終了"),
                            ("dropped", "取りやめ"),
                        ],
                        max_length=8,
                    ),
                ),
                ("body", models.CharField(max_length=6)),
                ("name", models.CharField(max_length=100)),
                ("title", models.CharField(max_length=200)),
                ("item", models.CharField(blank=True, default="", max_length=200)),
                ("begins", models.DateField()),
                ("ends", models.DateField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True, default="")),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
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
                "verbose_name": "市区町村支援台帳",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="enquiryrow",
            index=models.Index(fields=["organisation", "due_on"], name="enquiry_due"),
        ),
        migrations.AddConstraint(
            model_name="enquirytargetrow",
            constraint=models.UniqueConstraint(fields=("enquiry", "body"), name="enquiry_target_once"),
        ),
        migrations.AddConstraint(
            model_name="publicationrow",
            constraint=models.UniqueConstraint(
                fields=("organisation", "layout", "sha256"), name="publication_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedenquiryrow",
            constraint=models.UniqueConstraint(
                fields=("organisation", "asker", "uuid"), name="received_enquiry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sentsubmissionrow",
            constraint=models.UniqueConstraint(
                fields=("organisation", "recipient", "number"), name="sent_submission_once"
            ),
        ),
        migrations.AddIndex(
            model_name="submissionrow",
            index=models.Index(fields=["organisation", "source", "pack", "state"], name="submission_current"),
        ),
        migrations.AddConstraint(
            model_name="submissionrow",
            constraint=models.UniqueConstraint(
                fields=("organisation", "subject", "source", "number"), name="submission_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparedrow",
            constraint=models.UniqueConstraint(
                fields=("submission", "edition", "release"), name="compared_once"
            ),
        ),
        migrations.AddIndex(
            model_name="supportrow",
            index=models.Index(fields=["organisation", "body", "begins"], name="support_of_body"),
        ),
        migrations.AddConstraint(
            model_name="summedrow",
            constraint=models.UniqueConstraint(
                fields=("organisation", "source", "pack", "edition", "release"), name="summed_once"
            ),
        ),
        RaiseWalls("programme"),
    ]
