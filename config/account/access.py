"""Who gets in: inviting people, and what may be done about one person's access, by who manages them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from leads.clock import database_now
from leads.menu import Place, page
from leads.models import Event, PersonalToken
from leads.services.events import record
from pullqueue.enums import LinkKind, Role
from pullqueue.models import AccessRules, AccountLink, Branch, Session, User
from pullqueue.services.factors import has_factor, remove_factor
from pullqueue.services.people import NotTheirs, end_sessions, invite_again, invite_person, may_manage, roles_to_give, switch_person

PAGE = "account/access.html"


class InviteForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "username", "role", "branch")

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        for name in ("first_name", "last_name", "email"):
            self.fields[name].required = True
        titles = dict(Role.choices)
        self.fields["role"] = forms.ChoiceField(choices=[(role, titles[Role(role)]) for role in roles_to_give(by)], label="Role")
        branches = Branch.objects.visible_to(by).filter(archived_at=None)
        self.fields["branch"] = forms.ModelChoiceField(branches, required=not by.is_administrator, label="Branch")
        self.fields["username"].help_text = "What they sign in with. Letters, digits and @ . + - _"
        self.fields["email"].help_text = "The link with which they choose a password goes there."
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        role, branch = cleaned.get("role"), cleaned.get("branch")
        if role == Role.REP and not branch:
            self.add_error("branch", "A sales rep works in a branch. Choose one.")
        if role == Role.ADMINISTRATOR and branch:
            self.add_error("branch", "Only managers and sales reps belong to a branch. Leave it empty.")
        return cleaned


@page(None, address="people/invite/", name="person_invite", permission="pullqueue.invite_user", under="pullqueue_user_changelist")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            invite_person(person=form.instance, by=request.user, now=database_now())
        except NotTheirs as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(
                request, f"{form.instance.get_full_name()} is invited: the mail goes out within a minute and holds for 7 days."
            )
            return redirect("admin:pullqueue_user_change", form.instance.pk)
    frame = admin.site.each_context(request) | {"title": "Invite a person", "form": form}
    return TemplateResponse(request, "account/invite.html", frame, status=422 if form.errors else 200)


@page(None, address="people/<int:pk>/access/", name="person_access", permission="pullqueue.invite_user", under="pullqueue_user_changelist")
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's access: invitation, second factor, sessions, tokens; each with what may be done about it."""
    person = User.objects.visible_to(request.user).filter(pk=pk).select_related("branch").first()
    if person is None or not may_manage(request.user, person):
        raise Http404
    problem = ""
    if request.method == "POST":
        do = DOES.get(request.POST.get("do", ""))
        if do is None:
            raise Http404
        try:
            messages.success(request, do(request, person))
        except NotTheirs as refused:
            problem = str(refused)
        else:
            return redirect("admin:person_access", pk)
    frame = admin.site.each_context(request) | {"title": f"Access of {person.get_full_name() or person.username}", "problem": problem}
    return TemplateResponse(request, PAGE, frame | _told(person, request.user), status=422 if problem else 200)


def _told(person: User, by: Any) -> dict[str, Any]:
    now = database_now()
    link = AccountLink.objects.filter(user=person, kind=LinkKind.INVITATION).order_by("-created").first()
    return {
        "person": person,
        "link": link,
        "link_open": bool(link and link.used_at is None and link.ended_at is None and link.expires_at > now),
        "has_password": person.has_usable_password(),
        "factor": has_factor(person),
        "must": person.role in AccessRules.current().factor_roles,
        "may_reset": by.is_administrator and person.pk != by.pk,
        "is_self": person.pk == by.pk,
        "session_count": Session.objects.filter(user=person, expire_date__gt=now).count(),
        "token_count": PersonalToken.objects.usable(now).filter(user=person).count(),
        "past": Event.objects.filter(about=f"user:{person.pk}").order_by("-at", "-id").select_related("by")[:20],
    }


def _invite(request: HttpRequest, person: User) -> str:
    if not person.email:
        raise NotTheirs("There is no e-mail to send it to. Add one to the person first.")
    if not person.is_active:
        raise NotTheirs("The person is switched off. Switch them on first.")
    invite_again(person=person, by=request.user, now=database_now())
    return "A new link goes out within a minute; older ones work no more."


def _end_sessions(request: HttpRequest, person: User) -> str:
    ended = end_sessions(person=person, but=request.session.session_key if person.pk == request.user.pk else None)
    record(kind="person.sessions_ended", at=database_now(), by=request.user, about=f"user:{person.pk}", count=ended)
    return f"{ended} session{'' if ended == 1 else 's'} ended."


def _reset_factor(request: HttpRequest, person: User) -> str:
    if not request.user.is_administrator or person.pk == request.user.pk:  # type: ignore[union-attr]
        raise NotTheirs("Only another administrator takes somebody's second factor away.")
    note = request.POST.get("note", "").strip()
    if not note:
        raise NotTheirs("Write why: it stands in the trail with your name.")
    if not remove_factor(user=person, by=request.user, now=database_now(), note=note):
        raise NotTheirs("There is no second factor any more.")
    end_sessions(person=person)
    return "The second factor is taken away, and all sessions ended. Whoever has to have one sets up a new one when signing in."


def _switch(*, on: bool) -> Any:
    def switch(request: HttpRequest, person: User) -> str:
        switch_person(person=person, on=on, by=request.user, now=database_now())
        return "Switched on: the person can sign in again." if on else "Switched off: sessions, links and tokens are dead."

    return switch


DOES = {"invite": _invite, "end": _end_sessions, "factor": _reset_factor, "off": _switch(on=False), "on": _switch(on=True)}


class RulesForm(forms.Form):
    factor_roles = forms.MultipleChoiceField(choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple)


@page(Place("Settings", "Signing in", 45), address="settings/signing-in/", name="signing_in", permission="pullqueue.change_accessrules")
@require_http_methods(["GET", "HEAD", "POST"])
def signing_in(request: HttpRequest) -> HttpResponse:
    """Say which roles must have a second factor. Who asks it of others has one first."""
    rules = AccessRules.current()
    form = RulesForm(request.POST if request.method == "POST" else None, initial={"factor_roles": rules.factor_roles})
    if request.method == "POST" and form.is_valid():
        wanted = [role for role in Role.values if role in form.cleaned_data["factor_roles"]]
        if Role.ADMINISTRATOR in wanted and not has_factor(request.user):  # type: ignore[arg-type]
            form.add_error("factor_roles", "Set up your own second factor first, or you could not go on from here.")
        else:
            ended = _require(request, rules, wanted)
            said = f"{ended} session{'' if ended == 1 else 's'} of people without one ended"
            messages.success(request, f"Saved. {said}; they set one up when they sign in.")
            return redirect("admin:signing_in")
    counted = {role: [0, 0] for role in Role.values}
    for role, confirmed in User.objects.filter(is_active=True).values_list("role", "second_factor__confirmed_at"):
        counted[role][0] += 1
        counted[role][1] += confirmed is not None
    titles = dict(Role.choices)
    rows = [(titles[Role(role)], people, having) for role, (people, having) in counted.items()]
    frame = admin.site.each_context(request) | {"title": "Signing in", "form": form, "rows": rows}
    return TemplateResponse(request, "account/rules.html", frame, status=422 if form.errors else 200)


def _require(request: HttpRequest, rules: AccessRules, wanted: list[str]) -> int:
    before = list(rules.factor_roles)
    rules.factor_roles = wanted
    rules.save()
    record(kind="access.rules_changed", at=database_now(), by=request.user, before=before, after=wanted)
    added = set(wanted) - set(before)
    without = User.objects.filter(role__in=added).exclude(second_factor__confirmed_at__isnull=False)
    return Session.objects.filter(user__in=without).delete()[0]
