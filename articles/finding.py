"""What search and the picture library need to know about articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.html import strip_tags

from stemsite.images.uses import PictureUse
from stemsite.publishing.models import Page, Use
from stemsite.search.index import Document

from .content import ArticleContent, article_content
from .freezing import texts_of
from .models import Article, FigureSection
from .rendering import KIND_WORDS


def document(pk: int) -> Document | None:
    """The searchable side of a live article."""
    page = Page.objects.live().filter(pk=pk, family=Article.FAMILY).first()
    if page is None:
        return None
    found = article_content(page.version_for_readers().content)
    names = [name for condition in found.conditions for name in (condition.name, *condition.other_names)]
    names += [citation.doi for citation in found.citations] + [citation.pmid for citation in found.citations]
    return Document(kind=KIND_WORDS[found.kind], title=found.title, names=tuple(names), text=plain_text(found))


def plain_text(found: ArticleContent) -> str:
    """The running text of ``found``, block by block."""
    pieces = [found.summary]
    pieces += [f"{section.heading}." for section in found.sections if section.heading]
    pieces += [re.sub(r"</(?:p|li|h3|h4|td|th)>", ". ", html) for html in texts_of(found.sections)]
    text = " ".join(strip_tags(piece) for piece in pieces if piece)
    return re.sub(r"\s+", " ", re.sub(r"([.!?])(?:\s*\.)+", r"\1", text)).strip()


def picture_uses(files: Sequence[int]) -> list[PictureUse]:
    """Where these picture files stand: in drafts, in what is live, in older versions (PUB-23, PUB-102)."""
    drawn = FigureSection.objects.filter(Q(picture__files__in=files) | Q(picture__current__in=files))
    found = [
        PictureUse(label=section.parent.title, mark="draft", url=_change(section.parent_id))
        for section in drawn.select_related("parent").distinct()
    ]
    uses = Use.objects.filter(kind=Use.Kind.PICTURE, object_id__in=files).select_related("version__page")
    for use in uses:
        live = use.version.page.live_version_id == use.version_id
        mark = "live" if live else f"old version {use.version.number}"
        found.append(PictureUse(label=use.version.page.title, mark=mark, url=_change(use.version.page_id)))
    return found


def _change(pk: int) -> str:
    return reverse("admin:articles_article_change", args=[pk])
