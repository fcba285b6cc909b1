"""Secrets of clients are kept as all secrets are; the first migration knows the field by this name."""

from leads.models.secret import SecretField

__all__ = ["SecretField"]
