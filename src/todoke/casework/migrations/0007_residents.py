"""Copies of resident records, and who is protected."""

import django.db.models.deletion
from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Copies of resident records, and who is protected."""

    dependencies = [("casework", "0006_screening")]
    operations = [
        migrations.CreateModel(
            name="ResidentGeneration",
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
                ("bad_rows", models.PositiveBigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("loaded_at", models.DateTimeField(blank=True, null=True)),
                ("loaded_by", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "住民記録の写しの世代",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ResidentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=15)),
                ("name", models.CharField(max_length=200)),
                ("kana", models.CharField(blank=True, default="", max_length=200)),
                ("other_names", models.CharField(blank=True, default="", max_length=400)),
                ("birth", models.CharField(blank=True, default="", max_length=40)),
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("1", "男"), ("2", "女"), ("3", "不明"), ("", "記載なし")],
                        default="",
                        max_length=1,
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=400)),
                ("previous_address", models.CharField(blank=True, default="", max_length=400)),
                ("household", models.CharField(blank=True, default="", max_length=20)),
                ("relation", models.CharField(blank=True, default="", max_length=40)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("resident", "住民"),
                            ("moved_out", "転出"),
                            ("deceased", "死亡"),
                            ("non_resident", "住登外"),
                            ("corporation", "法人"),
                        ],
                        max_length=12,
                    ),
                ),
                ("moved_in", models.DateField(blank=True, null=True)),
                ("status_since", models.DateField(blank=True, null=True)),
                ("is_restricted", models.BooleanField(default=False)),
                ("insured_number", models.CharField(blank=True, default="", max_length=20)),
                ("name_key", models.CharField(blank=True, default="", max_length=200)),
                ("kana_key", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "verbose_name": "住民記録の写し",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="residentgeneration",
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
            model_name="residentrecord",
            name="generation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.residentgeneration",
            ),
        ),
        migrations.AddField(
            model_name="residentrecord",
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
        migrations.AddConstraint(
            model_name="residentgeneration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "loading")), fields=("organisation",), name="one_resident_load"
            ),
        ),
        migrations.AddIndex(
            model_name="residentrecord",
            index=models.Index(fields=["organisation", "number"], name="resident_by_number"),
        ),
        migrations.AddIndex(
            model_name="residentrecord",
            index=models.Index(fields=["organisation", "household"], name="resident_by_household"),
        ),
        migrations.AddIndex(
            model_name="residentrecord",
            index=models.Index(fields=["organisation", "birth", "name_key"], name="resident_by_birth"),
        ),
        migrations.AddIndex(
            model_name="residentrecord",
            index=models.Index(
                condition=models.Q(("insured_number__gt", "")),
                fields=["organisation", "insured_number"],
                name="resident_by_insured",
            ),
        ),
        RaiseWalls("casework"),
    ]
