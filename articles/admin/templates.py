"""New from template: which one, a title, and there is a draft with empty sections in their order (PUB-16)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_slug
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from articles.templating import TEMPLATES, begin, template_named
from stemsite.access import Action, can
from stemsite.publishing.admin.finding_pages import change_url


class TemplateForm(forms.Form):
    template = forms.ChoiceField(
        label="Kind of page",
        choices=[(template.slug, template.name) for template in TEMPLATES],
        widget=forms.RadioSelect,
        initial=TEMPLATES[0].slug,
    )
    title = forms.CharField(max_length=200, help_text="As readers see it, such as What is ALS?")
    slug = forms.CharField(
        label="Last part of the address",
        max_length=120,
        required=False,
        validators=[validate_slug],
        help_text="Such as als. Made from the title where you leave it empty; it can be changed until it is published.",
    )

    def clean(self) -> dict[str, str]:
        values = super().clean() or {}
        if not values.get("slug") and "slug" not in self.errors and values.get("title"):
            values["slug"] = slugify(values["title"])[:120]
            if not values["slug"]:
                self.add_error("slug", "The title gives no address. Type one, such as als.")
        return values


@require_http_methods(["GET", "HEAD", "POST"])
def new_from_template(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.CREATE):
        raise PermissionDenied
    form = TemplateForm(request.POST if request.method == "POST" else None, use_required_attribute=False)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            page = begin(
                template_named(values["template"]), title=values["title"], slug=values["slug"], by=request.user
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(
                request, "The sections stand in their order, empty. What belongs into each is said on top."
            )
            return HttpResponseRedirect(change_url(page), status=303)
    context = {**site.each_context(request), "title": "New from a template", "form": form, "templates": TEMPLATES}
    return render(request, "admin/articles/templates.html", context, status=422 if form.is_bound else 200)
