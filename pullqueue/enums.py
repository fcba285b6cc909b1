"""Choices of the sales floor."""

from django.db.models import TextChoices


class Role(TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Manager"
    REP = "rep", "Sales rep"
    CLIENT = "client", "Client user"
