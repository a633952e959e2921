"""Bringing in a Word file: hand it in, see what each part becomes, get a draft (PUB-97)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_slug
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from articles.models import Article, SectionBase, WordFile
from articles.word import choosing, drafting, keeping
from articles.word.citing import known_source, numbers_in_words
from articles.word.opening import MAX_BYTES
from articles.word.reading import WordPage, WordPiece
from stemsite.access import Action, can
from stemsite.publishing.admin.finding_pages import change_url
from stemsite.publishing.gate import Refused
from studies.sources.base import FileRefused

KINDS = {
    "guide-condition": "Guide about a condition",
    "guide-therapy": "Guide about a therapy",
    Article.Kind.ARTICLE.value: "Blog article",
    Article.Kind.SERVICE.value: "Service page",
    Article.Kind.PLAIN.value: "Plain page",
}


class FileForm(forms.Form):
    file = forms.FileField(
        label="Word file",
        allow_empty_file=True,
        help_text="A .docx of at most 10 MB and 100 pages. Nothing is published, and nothing is written yet.",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_BYTES:
            raise ValidationError("This file is larger than 10 MB. Make its pictures smaller, or bring it in in parts.")
        return self.cleaned_data["file"]


class MappingForm(forms.Form):
    """The page's own fields, and for each piece what it becomes."""

    title = forms.CharField(max_length=200)
    slug = forms.CharField(
        label="Last part of the address", max_length=120, validators=[validate_slug], help_text="Such as als."
    )
    summary = forms.CharField(max_length=160, required=False, help_text="One sentence for lists and search results.")
    kind = forms.ChoiceField(label="Kind of page", choices=tuple(KINDS.items()))

    def __init__(self, *args: Any, page: WordPage, **kwargs: Any) -> None:
        guide = sum(bool(choosing.role_of(piece)) for piece in page.pieces) > 2
        first = {
            "title": page.title,
            "slug": slugify(page.title)[:120],
            "summary": page.summary,
            "kind": "guide-condition" if guide else Article.Kind.ARTICLE.value,
        }
        super().__init__(*args, initial=first, use_required_attribute=False, **kwargs)
        self.page = page
        for number, piece in enumerate(page.pieces):
            name = self._name(number, piece)
            choices = choosing.TEXT_KINDS if piece.picture is None else choosing.FIGURE_KINDS
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=f"{name} becomes", choices=choices, initial=choosing.kind_of(piece)
            )
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=f"{name}: role in a guide",
                choices=(("", "none: a free section"), *SectionBase.Role.choices),
                initial=choosing.role_of(piece) if guide else "",
                required=False,
            )

    @staticmethod
    def _name(number: int, piece: WordPiece) -> str:
        return piece.heading or (f"Part {number + 1}" if piece.picture is None else f"Picture {piece.picture + 1}")

    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title", "slug", "summary", "kind")]

    def rows(self) -> Iterator[dict[str, Any]]:
        for number, piece in enumerate(self.page.pieces):
            yield {
                "piece": piece,
                "name": self._name(number, piece),
                "words": self.page.pictures[piece.picture].words if piece.picture is not None else "",
                "kind": self[f"kind_{number}"],
                "role": self[f"role_{number}"],
            }

    def choices(self) -> list[drafting.Choice]:
        is_guide = self.cleaned_data["kind"].startswith("guide")
        return [
            drafting.Choice(
                kind=self.cleaned_data[f"kind_{number}"],
                role=self.cleaned_data[f"role_{number}"] if is_guide else "",
            )
            for number in range(len(self.page.pieces))
        ]

    def article(self) -> Article:
        values = self.cleaned_data
        kind, _, subject = values["kind"].partition("-")
        return Article(
            title=values["title"], slug=values["slug"], summary=values["summary"], kind=kind, subject=subject
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """What becomes of one note."""

    number: int
    text: str
    becomes: str


@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest) -> HttpResponse:
    _require_writer(request)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*posted, use_required_attribute=False)
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            file = keeping.hand_in(upload.read(), upload.name, by=request.user)
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            return HttpResponseRedirect(reverse("admin:articles_word_mapping", args=[file.pk]), status=303)
    context = {**site.each_context(request), "title": "Bring in a Word file", "form": form}
    return render(request, "admin/articles/word.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Only whoever handed the file in sees it: it may hold remarks that were meant for few."""
    _require_writer(request)
    file = get_object_or_404(WordFile.objects.select_related("page"), pk=pk, handed_in_by=request.user)
    page = keeping.page_of(file)
    form = MappingForm(request.POST if request.method == "POST" else None, page=page)
    pictures = drafting.safe_pictures(page)
    if form.is_bound and file.page is None and form.is_valid() and (made := _written(request, file, form, pictures)):
        messages.success(request, "This is the draft. Give each figure its words, and read what was left out.")
        return HttpResponseRedirect(change_url(made), status=303)
    context = {
        **site.each_context(request),
        "title": f"What becomes of {file}",
        "file": file,
        "page_url": change_url(file.page) if file.page is not None else "",
        "form": form,
        "word": page,
        "notes": [_note_line(note) for note in page.notes.values()],
        "mistakes": [field for field in form if field.errors],
    }
    return render(request, "admin/articles/word_mapping.html", context, status=422 if form.is_bound else 200)


def _written(request: HttpRequest, file: WordFile, form: MappingForm, pictures: Any) -> Article | None:
    article = form.article()
    try:
        article.full_clean()
        made = drafting.write_draft(
            article, form.page, form.choices(), pictures=pictures, name=file.name, by=request.user
        )
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return None
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    WordFile.objects.filter(pk=file.pk).update(page=made)
    return made


def _note_line(note: Any) -> NoteLine:
    if not note.identifiers:
        becomes = "names no DOI, PMID or trial number: kept in a list at the end, for you to settle"
    elif known := known_source(note):
        becomes = f"cites {known.short} of the library"
    else:
        becomes = f"a new source of the library, {numbers_in_words(note.identifiers)}: not checked yet"
    return NoteLine(number=note.number, text=note.text, becomes=becomes)


def _require_writer(request: HttpRequest) -> None:
    if not can(request.user, Action.CREATE):
        raise PermissionDenied
