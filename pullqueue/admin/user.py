from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import RelatedFieldListFilter
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.menu import Place
from leads.models.fields import check_zone
from leads.services.events import record
from leads.words import pill, when
from pullqueue.enums import Role
from pullqueue.models import Branch, User
from pullqueue.services.people import end_sessions, give_password, invite_again, may_manage, problems_of_change

admin.site.unregister(Group)

RIGHTS = ("role", "branch", "is_active", "username")
"""What of a person says what they may do, or who they are; who changed it stands in the trail."""


class BranchFilter(RelatedFieldListFilter):
    """Offer the branches that the person may know of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(branch.pk), str(branch)) for branch in Branch.objects.visible_to(request.user)]


class UserForm(forms.ModelForm):
    by: Any = None

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "role", "branch", "time_zone", "is_active"]

    def clean_time_zone(self) -> str:
        name = str(self.cleaned_data["time_zone"])
        if name:
            check_zone(name)
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        role = cleaned.get("role")
        if role == Role.REP and not cleaned.get("branch"):
            self.add_error("branch", "A sales rep works in a branch. Choose one.")
        if role in (Role.ADMINISTRATOR, Role.CLIENT) and cleaned.get("branch"):
            self.add_error("branch", "Only managers and sales reps belong to a branch. Leave it empty.")
        if self.instance.pk and role:
            for field, sentence in problems_of_change(self.instance, role=role, is_active=cleaned["is_active"], by=self.by):
                self.add_error(field, sentence)
        return cleaned


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """People who sign in. A new one gets a temporary password, shown once."""

    menu = Place("Settings", "People", 40)
    found_by_number = True
    form = UserForm
    zone_empty = "As the company"
    list_display = ["person", "role_word", "branch", "email", "seen", "state"]
    list_filter = ["role", "is_active", ("branch", BranchFilter)]
    list_select_related = ["branch"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    actions_list = ["invite"]
    actions_detail = ["access", "gets_nothing", "new_password"]
    fieldsets = [
        (None, {"fields": ["username", ("first_name", "last_name"), "email"]}),
        (
            "What they may do",
            {
                "fields": ["role", "branch", "is_active"],
                "description": "Administrators keep everything. Managers without a branch see the whole company and change no settings; "
                "with one, only that branch, without clients and money. Sales reps and client users have a page of their own.",
            },
        ),
        ("How times are shown", {"fields": ["time_zone"], "description": "Empty shows the company's zone."}),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        form = super().get_form(request, obj, **options)
        form.by = request.user
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What somebody did stays theirs: people are switched off."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        changes = {name: [form.initial.get(name), getattr(obj, name)] for name in RIGHTS if name in form.changed_data} if change else {}
        if changes:
            record(kind="person.changed", at=database_now(), by=request.user, about=f"user:{obj.pk}", changes=changes)
        if changes.keys() & {"role", "is_active"}:
            end_sessions(person=obj)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Send who has an e-mail a link; for others show a password, once."""
        if not obj.email:
            return self._show_password(request, obj)
        invite_again(person=obj, by=request.user, now=database_now())
        messages.success(
            request, f"{obj.get_full_name() or obj.username} is invited: the mail goes out within a minute and holds for 7 days."
        )
        return redirect("admin:person_access", obj.pk)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.password_view)
        return [path("<int:object_id>/new-password/now/", view, name="pullqueue_user_password"), *super().get_urls()]

    @action(description="Invite a person", icon="mail", url_path="invite-person", permissions=["invite"])
    def invite(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:person_invite")

    @action(description="Access", icon="shield_person", permissions=["invite"])
    def access(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:person_access", self.get_or_404(request, object_id).pk)

    def has_invite_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Offer what leads to somebody's access to those alone who manage that person."""
        if not request.user.has_perm("pullqueue.invite_user"):
            return False
        person = self.get_object(request, str(object_id)) if object_id else None
        return person is None or may_manage(request.user, person)

    @action(description="Why do they get no leads?", icon="help", permissions=["floor"])
    def gets_nothing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:floor_why_user", self.get_or_404(request, object_id).pk)

    def has_floor_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Offer it where it means something: of sales reps, to who sees the floor."""
        if not request.user.has_perm("pullqueue.view_floor"):
            return False
        person = self.get_object(request, str(object_id)) if object_id else None
        return person is None or person.role == Role.REP

    @action(description="New password", icon="key", permissions=["change"])
    def new_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first: whoever is signed in as this person is signed out."""
        person = self.get_or_404(request, object_id)
        context = self.admin_site.each_context(request) | {
            "title": f"New password for {person.get_full_name() or person.username}",
            "text": "They are signed out everywhere, and the new password is shown to you once.",
            "button": "Make a new password",
            "action": reverse("admin:pullqueue_user_password", args=[person.pk]),
            "back": reverse("admin:pullqueue_user_change", args=[person.pk]),
            "opts": self.opts,
            "original": person,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def password_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        person = self.get_or_404(request, str(object_id))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        self.log_change(request, person, "Gave a new password.")
        record(kind="person.password_given", at=database_now(), by=request.user, about=f"user:{person.pk}")
        end_sessions(person=person)
        return self._show_password(request, person)

    def _show_password(self, request: HttpRequest, person: User) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": f"Password of {person.username}",
            "text": "Hand it over by a way that only they can read. They can change it after signing in. It is shown this once.",
            "secret": give_password(person=person),
            "back": reverse("admin:pullqueue_user_change", args=[person.pk]),
            "opts": self.opts,
            "original": person,
        }
        return TemplateResponse(request, "admin/shown_once.html", context)

    @display(description="Person", ordering="last_name", header=True)
    def person(self, row: User) -> list[str]:
        return [row.get_full_name() or row.username, row.username]

    @display(description="Role", ordering="role")
    def role_word(self, row: User) -> str:
        return row.role_title

    @display(description="Seen", ordering="last_login")
    def seen(self, row: User) -> SafeString | str:
        return when(row.seen_at or row.last_login)

    @display(description="State", ordering="is_active")
    def state(self, row: User) -> SafeString:
        return pill("active", "Active") if row.is_active else pill("off", "Switched off")
