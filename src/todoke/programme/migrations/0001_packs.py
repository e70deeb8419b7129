"""The editions that bodies use."""

from django.db import migrations


class Migration(migrations.Migration):
    """The editions that bodies use."""

    initial = True
    dependencies = [("foundation", "0006_parents")]
    operations = []
