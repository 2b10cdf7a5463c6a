"""Where the bare view keeps its events."""

from django.db import models


class BareEvent(models.Model):
    """The bytes, and nothing else."""

    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.pk}"
