"""Whom a body submits its programme to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Whom a body submits its programme to; and the nation as a kind of body."""

    dependencies = [("foundation", "0005_backups")]
    operations = [
        migrations.AddField(
            model_name="organisation",
            name="parent_code",
            field=models.CharField(blank=True, default="", max_length=6),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("municipality", "市区町村"),
                    ("prefecture", "都道府県"),
                    ("wide_area_union", "広域連合"),
                    ("partial_affairs", "一部事務組合"),
                    ("nation", "国"),
                ],
                max_length=20,
            ),
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
                    ("programme", "DX推進担当"),
                    ("measures", "取組担当"),
                    ("leadership", "首長・幹部"),
                    ("support", "市区町村支援"),
                ],
                max_length=32,
            ),
        ),
    ]
