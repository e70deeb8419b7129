"""Where bodies that have moved live, and moves under way."""

from django.db import models

from .values import Step


class BodyMove(models.Model):
    """The newest move of one body. In the directory, outside the fence: it says where a scope is opened. No personal data.

    From `switched` on, `target` is where the body lives, whatever the settings say.
    """

    code = models.CharField(max_length=6, unique=True)
    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)
    step = models.CharField(max_length=10, choices=Step.choices())
    begun_at = models.DateTimeField()

    class Meta:
        """A reference table."""

        verbose_name = "団体の引越し"
