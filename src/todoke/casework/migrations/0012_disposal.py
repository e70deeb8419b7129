"""What is disposed of, when, and by whom."""

from django.db import migrations


class Migration(migrations.Migration):
    """What is disposed of, when, and by whom."""

    dependencies = [("casework", "0011_cancellations")]
    operations = []
