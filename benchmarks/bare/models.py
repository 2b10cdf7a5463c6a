"""Models of the bare views."""

from django.db import models


class BareEvent(models.Model):
    """An event with a unique id."""

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.event_id


class BareBytes(models.Model):
    """A request body, stored without an event id."""

    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.pk}"
