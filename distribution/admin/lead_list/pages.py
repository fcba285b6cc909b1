"""Filters kept under a name: criteria, the list's own filters and its columns, for oneself or for everybody."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from distribution.admin.lead_list.columns import COLUMNS, MONEY, OWN
from distribution.admin.lead_list.kept import PAGE, filters_of, query_of
from leads.admin.forms import WrittenJSONField
from leads.admin.widgets.criteria import CriteriaWidget
from leads.domain.criteria_check import check
from leads.menu import page
from leads.models import LeadType, SavedView
from leads.services.facts import field_specs

RIGHT = "leads.view_lead"
UNDER = "leads_lead_changelist"


class FilterForm(forms.ModelForm):
    criteria = WrittenJSONField(widget=CriteriaWidget(), label="Criteria")
    columns = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Columns beside the person")

    class Meta:
        model = SavedView
        fields = ["name", "lead_type", "criteria", "columns", "is_shared"]
        labels = {"is_shared": "Shared: everybody who sees leads may look through it"}
        help_texts = {"lead_type": "Empty looks at every lead by the fields that all leads have"}

    def __init__(self, by: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        types: Any = self.fields["lead_type"]
        types.queryset, types.empty_label = LeadType.objects.filter(archived_at=None), "Every lead type"
        sees_money = by.has_perm("distribution.view_money")
        own = self.instance.lead_type.fields.all() if self.instance.lead_type else []
        columns: Any = self.fields["columns"]
        columns.choices = [(name, label) for name, label in COLUMNS.items() if sees_money or name not in MONEY]
        columns.choices += [(OWN + field.name, field.label or field.name) for field in own]
        for name in ("name", "lead_type"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if SavedView.objects.filter(owner=self.by, page=PAGE, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("You have a filter of this name. Choose another name, or change that filter.")
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, criteria = cleaned.get("lead_type"), cleaned.get("criteria")
        if criteria is not None and "criteria" not in self.errors:
            for problem in check(criteria, field_specs(kind.fields.all() if kind else [])):
                self.add_error("criteria", f"{problem.path}: {problem.message}" if problem.path else problem.message)
        return cleaned


@page(None, address="leads/filters/new/", name="lead_filter_new", permission=RIGHT, under=UNDER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_filter(request: HttpRequest) -> HttpResponse:
    """A new one begins with what the list shows now."""
    fresh = SavedView(owner=_me(request), page=PAGE, filters=filters_of(request.GET.urlencode()))
    fresh.columns = [name for name in request.GET.getlist("columns") if name in COLUMNS]
    return _form(request, fresh)


@page(None, address="leads/filters/<int:pk>/", name="lead_filter", permission=RIGHT, under=UNDER)
@require_http_methods(["GET", "HEAD", "POST"])
def change_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own is changed or deleted; of another's nothing is said but that it is not there."""
    view = SavedView.objects.filter(owner=_me(request), page=PAGE, pk=pk).select_related("lead_type").first()
    if view is None:
        raise Http404
    if request.method == "POST" and request.POST.get("do") == "delete":
        view.delete()
        messages.success(request, f"The filter {view.name} is deleted. No lead was changed.")
        return redirect("admin:leads_lead_changelist")
    return _form(request, view)


def _form(request: HttpRequest, view: SavedView) -> HttpResponse:
    form = FilterForm(_me(request), request.POST or None, instance=view)
    if request.method == "POST" and form.is_valid():
        kept = form.save()
        messages.success(request, f"The filter {kept.name} is kept.")
        return HttpResponseRedirect(f"{reverse('admin:leads_lead_changelist')}?{query_of(kept)}")
    title = f"Change {view.name}" if view.pk else "New filter"
    told = {"form": form, "view": view, "title": title, "media": form.media, "kept": len(view.filters)}
    frame = admin.site.each_context(request)
    return TemplateResponse(request, "leads/list/filter.html", frame | told, status=422 if form.errors else 200)


def _me(request: HttpRequest) -> Any:
    return request.user
