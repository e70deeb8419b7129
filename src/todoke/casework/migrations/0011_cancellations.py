"""Applications withdrawn after they were handed over are told to the core system."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Applications withdrawn after they were handed over are told to the core system."""

    dependencies = [("casework", "0010_return_reasons")]
    operations = [
        migrations.RemoveConstraint(model_name="handover", name="handover_version_once"),
        migrations.RemoveConstraint(model_name="handover", name="handover_one_open"),
        migrations.AddField(
            model_name="handover",
            name="cancelled_by_hand_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="handover",
            name="cancels",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancellations",
                to="casework.handover",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="kind",
            field=models.CharField(
                choices=[("new", "新規"), ("cancellation", "取消")],
                db_default="new",
                default="new",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("written", "送信待ち"),
                    ("taken_apart", "取りやめ"),
                    ("sent", "受領待ち"),
                    ("acknowledged", "受領済"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="handover_state",
            field=models.CharField(
                choices=[
                    ("undecided", "未判定"),
                    ("none", "引渡し対象外"),
                    ("held", "保留"),
                    ("waiting", "引渡し待ち"),
                    ("sent", "引渡し済"),
                    ("receipted", "受領済"),
                    ("refused", "基幹が拒否"),
                    ("cancelling", "取消の引渡し中"),
                    ("cancelled", "取消済"),
                    ("uncancelled", "取消できず"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="coreledgerrow",
            name="outcome",
            field=models.CharField(max_length=12),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                fields=("core_system", "case", "kind", "version"), name="handover_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("core_system", "case", "kind"),
                name="handover_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancels__isnull", True), ("kind", "new")),
                    models.Q(("cancels__isnull", False), ("kind", "cancellation")),
                    _connector="OR",
                ),
                name="handover_cancels_one",
            ),
        ),
    ]
