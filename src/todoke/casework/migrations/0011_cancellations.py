"""Applications withdrawn after they were handed over are told to the core system."""

from django.db import migrations


class Migration(migrations.Migration):
    """Applications withdrawn after they were handed over are told to the core system."""

    dependencies = [("casework", "0010_return_reasons")]
    operations = []
