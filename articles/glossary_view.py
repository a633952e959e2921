"""The public glossary: every signed term from A to Z, and the pages that use it (PAGE-43)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.jsonld import graph, node
from stemsite.publishing.simple_page import SimplePage, simple_page
from stemsite.publishing.structured import breadcrumb_node, site_nodes, webpage_node
from stemsite.serving.middleware import depends_on

from . import glossary
from .glossary import Explained

INTRO = "What the medical words on this site mean, in plain words. A clinician has read and signed each definition."


@require_safe
def glossary_page(request: HttpRequest) -> HttpResponse:
    """All terms on one page, so that each has one address for good."""
    site = frame()
    terms = glossary.explained()
    view = simple_page(site, title="Glossary", path="/glossary/", description=INTRO)
    view = replace(view, jsonld=term_graph(view, site, terms))
    context = {"site": site, "page": view, "intro": INTRO, "letters": glossary.by_letter(terms)}
    response = render(request, "articles/glossary.html", context)
    keys = ("site", glossary.SHOWN, "list:articles", "list:studies")
    return depends_on(response, *keys, good_until=_next_overdue(terms))


def _next_overdue(terms: Sequence[Explained]) -> datetime.datetime | None:
    """The moment from which the page has to say of one more term that its review is due."""
    days = [term.review_due_on for term in terms if not term.overdue]
    if not days:
        return None
    midnight = datetime.datetime.combine(min(days) + datetime.timedelta(days=1), datetime.time.min)
    return timezone.make_aware(midnight)


def term_graph(page: SimplePage, site: Frame, terms: Sequence[Explained]) -> SafeString:
    """The page, and the set of its terms by the anchors under which they stand."""
    terms_id = f"{page.canonical}#terms"
    webpage = webpage_node(site, page, mainEntity={"@id": terms_id} if terms else "")
    nodes = [*site_nodes(site), breadcrumb_node(site, page.canonical, page.breadcrumb), webpage]
    if terms:
        defined = [{"@id": f"{page.canonical}#{term.slug}"} for term in terms]
        nodes.append(node("DefinedTermSet", id=terms_id, name=page.title, url=page.canonical, hasDefinedTerm=defined))
    nodes += [
        node(
            "DefinedTerm",
            id=f"{page.canonical}#{term.slug}",
            name=term.name,
            alternateName=list(filter(None, (term.expansion, *term.others))),
            description=term.definition,
            url=f"{page.canonical}#{term.slug}",
            inDefinedTermSet={"@id": terms_id},
        )
        for term in terms
    ]
    return graph(*nodes)
