"""The search index of the worklist."""

from django.db import migrations


class Migration(migrations.Migration):
    """The search index of the worklist."""

    dependencies = [("casework", "0012_disposal")]
    operations = []
