import secrets

from django.conf import settings
from django.db import models

from leads.models.campaign import Campaign


def new_token() -> str:
    return secrets.token_urlsafe(24)


class PostingLink(models.Model):
    """An address that nobody can guess, where a vendor reads how to post to a campaign without signing in. It shows no key.

    It opens nothing but those instructions, so it is kept as it is, to be copied again.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="posting_links")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    created = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"link …{self.token[-4:]}"
