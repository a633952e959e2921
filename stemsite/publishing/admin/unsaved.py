"""What a form holds before it is saved: as content, and as a preview. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import ManyToManyField
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.text import capfirst

from ..content import Content
from ..drafts import Stored, Typed
from ..families import family_of
from ..models import Page
from ..previewing import preview_content
from .framing import framed_by_us
from .panel import checks_of


def bound(model_admin: Any, request: HttpRequest, page: Page | None) -> tuple[Any, list[Any]]:
    """The page's form and formsets, filled with what was posted and checked as a save would check them."""
    fields = flatten_fieldsets(model_admin.get_fieldsets(request, page))
    form_class = model_admin.get_form(request, page, change=page is not None, fields=fields)
    form = form_class(request.POST, request.FILES, instance=page)
    form.is_valid()
    formsets, _ = model_admin._create_formsets(request, form.instance, change=page is not None)
    all_valid(formsets)
    return form, formsets


def typed_content(form: Any, formsets: Iterable[Any]) -> Content:
    """The valid part of a checked form as content: the page, its choices, its rows without the deleted ones."""
    page = form.instance
    choices = {
        field.name: form.cleaned_data[field.name]
        for field in page._meta.get_fields()
        if isinstance(field, ManyToManyField) and field.name in form.cleaned_data
    }
    instances = {
        formset.model: [row.instance for row in formset.forms if _stands(formset, row)] for formset in formsets
    }
    return family_of(page).freeze(page, Typed(stored=Stored(page), choices=choices, instances=instances))


def _stands(formset: Any, row: Any) -> bool:
    """Whether a row would be there after saving, holds what it points at, and has a kind where one is needed."""
    if formset.can_delete and formset._should_delete_form(row):
        return False
    if row.instance.pk is None and not row.has_changed():
        return False
    fields = formset.model._meta.concrete_fields
    needed = {
        field.name for field in fields if (field.is_relation and not field.null) or (field.choices and not field.blank)
    }
    return not needed & set(row.errors)


def problems(form: Any, formsets: Iterable[Any]) -> list[dict[str, str]]:
    """What a save would refuse, in words, each with the id of its field (PUB-34)."""
    found = list(_wrong(form, ""))
    for formset in formsets:
        found += [{"place": "", "words": words} for words in formset.non_form_errors()]
        for row in formset.forms:
            if not formset._should_delete_form(row):
                found += _wrong(row, f"{capfirst(str(row.instance))}: ")
    return found


def _wrong(form: Any, where: str) -> Iterator[dict[str, str]]:
    for name, mistakes in form.errors.items():
        field = form[name] if name in form.fields else None
        label = f"{field.label}: " if field is not None else ""
        yield from ({"place": field.auto_id if field else "", "words": f"{where}{label}{words}"} for words in mistakes)


@framed_by_us
def preview(request: HttpRequest, model_admin: Any, page: Page | None) -> HttpResponse:
    """The posted form as readers would get it; a GET shows the draft as it is stored."""
    if request.method == "POST":
        form, formsets = bound(model_admin, request, page)
        content = typed_content(form, formsets)
        shown = preview_content(request, form.instance, content)
        if request.accepts("text/html"):
            return shown
        checks = checks_of(model_admin, form.instance, formsets, content)
        return JsonResponse({"html": shown.content.decode(), "problems": problems(form, formsets), "checks": checks})
    if page is None:
        raise Http404
    return preview_content(request, page, family_of(page).freeze(page))
