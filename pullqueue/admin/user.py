from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedFieldListFilter
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from leads.admin.base import ScopedAdmin
from leads.menu import Place
from leads.models.fields import check_zone
from leads.words import pill, when
from pullqueue.enums import Role
from pullqueue.models import Branch, User
from pullqueue.services.people import give_password, problems_of_change

admin.site.unregister(Group)


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
    actions_detail = ["new_password"]
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

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_password(request, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.password_view)
        return [path("<int:object_id>/new-password/now/", view, name="pullqueue_user_password"), *super().get_urls()]

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
