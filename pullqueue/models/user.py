from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from pullqueue.enums import Role
from pullqueue.models.branch import Branch


class UserQuerySet(models.QuerySet["User"]):
    def administrators(self) -> Self:
        return self.filter(role=Role.ADMINISTRATOR, is_active=True)

    def visible_to(self, user: Any) -> Self:
        """The whole company for those who manage it, a branch and what is below for its manager."""
        if user.is_active and user.sees_all_leads:
            return self.all()
        return self.filter(branch__in=Branch.objects.visible_to(user))


class SwitchyardUserManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_superuser(self, username: str, email: str | None = None, password: str | None = None, **extra: Any) -> "User":
        return super().create_superuser(username, email, password, **(extra | {"role": Role.ADMINISTRATOR}))


class User(AbstractUser):
    """A person who signs in. The role says everything; nobody is a superuser by flag."""

    role = models.CharField(max_length=13, choices=Role, default=Role.REP)
    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="users", help_text="A manager without one manages the company"
    )
    time_zone = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    away = models.BooleanField(default=False, help_text="Set by the user: nothing is pushed to them")
    limit_hour = models.PositiveIntegerField(
        "leads pushed an hour", null=True, blank=True, help_text="Over all strategies; empty = no limit"
    )
    limit_day = models.PositiveIntegerField("leads pushed a day", null=True, blank=True)
    limit_open = models.PositiveIntegerField(
        "open leads", null=True, blank=True, help_text="Leads owned or held, above which nothing is pushed"
    )

    objects: ClassVar = SwitchyardUserManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(condition=~Q(role=Role.REP) | Q(is_staff=False), name="reps_stay_out_of_the_admin"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep Django's own flags in step with the role, so that no second truth exists."""
        self.is_staff = self.role in {Role.ADMINISTRATOR, Role.MANAGER}
        self.is_superuser = False
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Sessions end with the password, as Django has it, and with the role."""
        return salted_hmac("pullqueue.user.session", f"{self.password}|{self.role}", secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.role == Role.ADMINISTRATOR

    @property
    def is_company_manager(self) -> bool:
        return self.is_active and self.role == Role.MANAGER and self.branch_id is None

    @property
    def sees_all_leads(self) -> bool:
        return self.is_administrator or self.is_company_manager

    @property
    def sees_clients(self) -> bool:
        """Clients, prices, costs and margins are the company's, never a branch's."""
        return self.is_administrator or self.is_company_manager

    @property
    def role_title(self) -> str:
        """What people call the role: a manager is one of the company or of a branch."""
        if self.role != Role.MANAGER:
            return str(self.get_role_display())
        return "Manager" if self.branch_id is None else "Branch manager"
