from django.conf import settings
from django.db import models

from clients.models import Client


class ClientUser(models.Model):
    """Which client a client user belongs to."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="client_seat")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="seats")

    def __str__(self) -> str:
        return f"{self.user} of {self.client}"
