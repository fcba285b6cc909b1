from django.db import models
from django.db.models import Q

from leads.models import Lead
from pullqueue.enums import NoticeKind
from pullqueue.models.user import User


class Notice(models.Model):
    """Something that a user should know, on their pages and if wished by e-mail. It names the lead by number only."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=15, choices=NoticeKind)
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=120, blank=True, help_text="What it is told for; nobody is told twice for the same")
    text = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=200, blank=True, help_text="Path of the page that says more")
    mail_due = models.BooleanField(default=False, help_text="It shall also go by e-mail, and has not yet")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_of_user"),
            models.Index(fields=["at"], condition=Q(mail_due=True), name="notice_mail_due"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "cause"], condition=~Q(cause=""), name="notice_once_for_a_cause")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NoticeChoice(models.Model):
    """How a person wishes to hear of a kind; without a row the kind's own way holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=15, choices=NoticeKind)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
