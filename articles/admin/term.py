from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin
from stemsite.publishing.gate import Refused
from stemsite.publishing.wording_diff import words_between

from .. import glossary
from ..models import Term

METHODS = {"GET", "HEAD", "POST"}


class Standing(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unsigned", "To sign"), ("public", "Public"), ("overdue", "Due for review"), ("out", "Taken out")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Term]) -> QuerySet[Term]:
        chosen = {
            "unsigned": Term.objects.unsigned(),
            "public": Term.objects.public(),
            "overdue": Term.objects.overdue(),
            "out": Term.objects.filter(withdrawn_at__isnull=False),
        }.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(pk__in=chosen.values("pk"))


class SignForm(forms.Form):
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why is it taken out?",
        help_text="For the record. Readers do not see it.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@admin.register(Term)
class TermAdmin(Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    """Whoever writes for the library writes terms; readers see the words that a reviewer signed, until others are."""

    view_right = Action.SEE_LIBRARY
    add_right = change_right = Action.ADD_TO_LIBRARY
    delete_right = Action.EDIT_TERMS
    list_display = ("name", "expansion", "standing", "reviewed", "written_by")
    list_filter = (Standing,)
    list_select_related = ("live", "written_by")
    search_fields = ("name", "expansion", "other_names", "definition")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    fields = ("name", "slug", "expansion", "other_names", "definition")
    readonly_fields = ("standing", "steps", "signed", "used_in")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/sign/", self.admin_site.admin_view(self.sign_view), name="articles_term_sign"),
            path("<int:pk>/take-out/", self.admin_site.admin_view(self.withdraw_view), name="articles_term_withdraw"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Term | None = None) -> Any:
        return ("standing", "steps", *self.fields, "signed", "used_in") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> Any:
        return (*self.readonly_fields, "slug") if obj and obj.definitions.exists() else self.readonly_fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Term | None = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With whoever asks at hand, so that only steps open to them are offered."""
        term = super().get_object(request, object_id, from_field)
        if term is not None:
            term.seen_by = request.user
        return term

    def save_model(self, request: HttpRequest, obj: Term, form: Any, change: bool) -> None:
        glossary.write(obj, by=request.user)
        for words in glossary.warnings_in(obj):
            self.message_user(request, f"Look again. {words}", level=messages.WARNING)

    def sign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The words as they stand beside those that readers see; one press signs exactly these."""
        term = self._asked(request, pk, Action.SIGN)
        form = SignForm(_typed(request))
        if form.is_valid():
            if self._done(form, lambda: glossary.sign(term, by=request.user, digest=form.cleaned_data["digest"])):
                messages.success(request, f"Signed. Readers see “{term}” in these words.")
                return self._on(Term.objects.unsigned().exclude(written_by=request.user).order_by("name").first())
            term.refresh_from_db()
        live = term.live
        context = {
            "statement": glossary.STATEMENT,
            "warnings": glossary.warnings_in(term),
            "digest": term.digest,
            "is_new": live is None,
            "rows": [
                (term._meta.get_field(name).verbose_name, words_between(live.words[name] if live else "", words))
                for name, words in term.words.items()
                if words or (live and live.words[name])
            ],
        }
        return self._screen(request, term, f"Sign “{term}”", "admin/articles/term_sign.html", form, context)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        term = self._asked(request, pk, Action.WITHDRAW)
        form = WithdrawForm(_typed(request), use_required_attribute=False)
        if form.is_valid() and self._done(
            form, lambda: glossary.withdraw(term, by=request.user, reason=form.cleaned_data["reason"])
        ):
            messages.success(request, f"“{term}” is out of the glossary, and no page links to it.")
            return HttpResponseRedirect(reverse("admin:articles_term_change", args=[pk]), status=303)
        return self._screen(request, term, f"Take “{term}” out", "admin/articles/term_withdraw.html", form, {})

    def _asked(self, request: HttpRequest, pk: int, right: Action) -> Term:
        if not can(request.user, right):
            raise PermissionDenied
        return get_object_or_404(Term.objects.select_related("live", "written_by"), pk=pk)

    def _done(self, form: forms.Form, act: Any) -> bool:
        try:
            act()
        except Refused as refused:
            form.add_error(None, str(refused))
            return False
        return True

    def _on(self, following: Term | None) -> HttpResponse:
        """To the next term that waits, or back to the list."""
        if following is None:
            return HttpResponseRedirect(reverse("admin:articles_term_changelist"), status=303)
        return HttpResponseRedirect(reverse("admin:articles_term_sign", args=[following.pk]), status=303)

    def _screen(
        self, request: HttpRequest, term: Term, title: str, template: str, form: forms.Form, more: dict[str, Any]
    ) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(sorted(METHODS))})
        context = {**self.admin_site.each_context(request), "title": title, "term": term, "form": form, **more}
        return render(request, template, context, status=422 if form.errors else 200)

    @admin.display(description="standing")
    def standing(self, term: Term) -> str:
        if term.withdrawn_at:
            return "Taken out"
        if term.live is None:
            return "Not public: waits for a signature"
        if not term.is_signed_as_it_stands:
            return "Public in older words: a change waits for a signature"
        return "Public"

    @admin.display(description="reviewed", ordering="live__reviewed_on")
    def reviewed(self, term: Term) -> str:
        return f"{term.live.reviewed_on:%b %-d, %Y}" if term.live else "–"

    @admin.display(description="what can be done")
    def steps(self, term: Term) -> Any:
        user = term.seen_by
        ways = [
            ("admin:articles_term_sign", "Read and sign these words", can(user, Action.SIGN)),
            ("admin:articles_term_withdraw", "Take it out", bool(term.live) and can(user, Action.WITHDRAW)),
        ]
        links = [(reverse(name, args=[term.pk]), words) for name, words, is_open in ways if is_open]
        if term.live:
            links.append((term.get_absolute_url(), "See it as readers do"))
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "Save it; then a reviewer signs it."

    @admin.display(description="signatures")
    def signed(self, term: Term) -> Any:
        rows = term.definitions.order_by("-pk")
        listed = format_html_join(
            "",
            "<li>{}, {} on {}: “{}”</li>",
            ((row.reviewer, row.credentials, f"{row.reviewed_on:%B %-d, %Y}", row.definition) for row in rows),
        )
        return format_html("<ul>{}</ul>", listed) if listed else "Nobody yet."
