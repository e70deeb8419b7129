"""When the key of an original was destroyed, and the role that looks after retention."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """When the key of an original was destroyed, and the role that looks after retention."""

    dependencies = [("foundation", "0003_approvals")]
    operations = [
        migrations.AddField(
            model_name="blob",
            name="destroyed_at",
            field=models.DateTimeField(blank=True, null=True),
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
                    ("records", "文書管理"),
                ],
                max_length=32,
            ),
        ),
    ]
