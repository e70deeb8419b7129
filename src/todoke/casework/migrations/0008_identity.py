"""Compared identities, decisions and their confirmation."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Compared identities, decisions and their confirmation."""

    dependencies = [("casework", "0007_residents"), ("foundation", "0003_approvals")]
    operations = [
        migrations.CreateModel(
            name="DecisionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=15)),
                ("number_kind", models.CharField(max_length=32)),
                ("former", models.TextField(default="{}")),
                ("is_open", models.BooleanField(default=True)),
            ],
            options={
                "verbose_name": "本人特定の決定案",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="partyrow",
            name="code",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddField(
            model_name="partyrow",
            name="comparison",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="partyrow",
            name="confirmed_by",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="partyrow",
            name="is_restricted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="partyrow",
            name="scope_key",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="case",
            name="identity_state",
            field=models.CharField(
                choices=[
                    ("matched", "特定済"),
                    ("renewed", "特定済（更新後の証明書）"),
                    ("unknown", "未特定"),
                    ("conflict", "候補複数"),
                    ("not_asked", "照会対象外"),
                    ("decided", "職員が決定"),
                    ("differs", "要確認（記載の相違）"),
                    ("proposed", "決定の確認待ち"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="partyrow",
            name="role",
            field=models.CharField(
                choices=[
                    ("applicant", "申請者"),
                    ("subject", "対象者"),
                    ("agent", "代理人"),
                    ("head", "世帯主"),
                    ("insured", "被保険者"),
                    ("corporation", "法人"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="partyrow",
            name="state",
            field=models.CharField(
                choices=[
                    ("matched", "特定済"),
                    ("renewed", "特定済（更新後の証明書）"),
                    ("unknown", "未特定"),
                    ("conflict", "候補複数"),
                    ("not_asked", "照会対象外"),
                    ("decided", "職員が決定"),
                    ("differs", "要確認（記載の相違）"),
                    ("proposed", "決定の確認待ち"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="partyrow",
            index=models.Index(
                condition=models.Q(("scope_key__gt", "")),
                fields=["organisation", "scope_key"],
                name="party_by_scope",
            ),
        ),
        migrations.AddField(
            model_name="decisionrow",
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
            model_name="decisionrow",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.partyrow"
            ),
        ),
        migrations.AddField(
            model_name="decisionrow",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.proposalrow"
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)), fields=("party",), name="one_open_decision"
            ),
        ),
        migrations.AlterField(
            model_name="application",
            name="duplicate_kind",
            field=models.CharField(
                choices=[
                    ("none", "なし"),
                    ("same_content", "同一内容"),
                    ("same_receipt", "同一受付番号"),
                    ("same_person", "同一人・同一手続"),
                    ("same_household", "同一世帯・同一手続"),
                    ("same_subject", "同一対象者・同一手続"),
                    ("resubmission", "再申請"),
                ],
                max_length=16,
            ),
        ),
        RaiseWalls("casework"),
    ]
