"""Links stored in the order of their indexes: serials by number in a table of their own."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from todoke.foundation.walls import RaiseWalls


def _fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the way back from numbers for the links that are there, body by body because of the walls."""
    connection = editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM foundation_organisation")
        for (code,) in cursor.fetchall():
            if connection.vendor == "postgresql":
                cursor.execute("SELECT set_config('todoke.organisation', %s, true)", [code])
            cursor.execute(
                "INSERT INTO casework_numberserial (organisation_id, generation_id, number, serial)"
                " SELECT organisation_id, generation_id, number, serial FROM casework_identitylink"
                " WHERE organisation_id = %s ORDER BY generation_id, number",
                [code],
            )
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('todoke.organisation', '', true)")


class Migration(migrations.Migration):
    """Links stored in the order of their indexes: serials by number in a table of their own."""

    dependencies = [("casework", "0015_figures"), ("foundation", "0010_rereading")]

    operations = [
        migrations.CreateModel(
            name="NumberSerial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=15)),
                ("serial", models.CharField(max_length=40)),
                (
                    "generation",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="casework.linkgeneration",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False, max_length=6, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="foundation.organisation", to_field="code",
                    ),
                ),
            ],
            options={
                "verbose_name": "番号と発行番号",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["generation", "number"], name="serial_by_number")],
            },
        ),
        RaiseWalls("casework"),
        migrations.RunPython(_fill, migrations.RunPython.noop),
        migrations.RemoveIndex("identitylink", "link_by_serial"),
        migrations.RemoveIndex("identitylink", "link_by_number"),
        migrations.AlterField(
            "identitylink",
            "generation",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="casework.linkgeneration",
            ),
        ),
        migrations.AddIndex(
            "identitylink",
            models.Index(
                fields=["generation", "serial"], name="link_by_generation",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ),
    ]  # fmt: skip
