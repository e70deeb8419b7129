"""Where bodies that have moved live."""

from django.db import migrations, models

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """The move of a body from one database to another."""

    dependencies = [("foundation", "0008_exchange")]
    operations = [
        migrations.CreateModel(
            name="BodyMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=6, unique=True)),
                ("source", models.CharField(max_length=30)),
                ("target", models.CharField(max_length=30)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("begun", "始めた"), ("held", "書込みを止めた"), ("copied", "写して確かめた"),
                            ("switched", "切り替えた"), ("done", "終えた"),
                        ],
                        max_length=10,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
            ],
            options={"verbose_name": "団体の引越し"},
        ),
        RaiseWalls("foundation"),
    ]  # fmt: skip
