"""Structured data of articles: values equal to the visible text (SD-01 to SD-06)."""

from __future__ import annotations

from django.utils.safestring import SafeString

from stemsite.clinic.frame import Frame
from stemsite.jsonld import Node, graph, node
from stemsite.publishing.structured import breadcrumb_node, condition_node, person, review_of, site_nodes, webpage_node

from .rendering import ArticleView


def article_graph(page: ArticleView, site: Frame) -> SafeString:
    line = page.byline
    conditions = page.content.conditions
    page_id = f"{page.canonical}#page"
    modified = line.updated_on.isoformat() if line.updated_on else ""
    about = [{"@id": f"{site.url}/#condition-{condition.slug}"} for condition in conditions]
    has_article = page.kind in {"guide", "article"}
    webpage = webpage_node(
        site,
        page,
        "MedicalWebPage" if conditions or page.kind == "guide" else "WebPage",
        about=about,
        dateModified=modified,
        mainEntity={"@id": f"{page.canonical}#article"} if has_article else "",
        audience=node("Patient", audienceType="Patients and families") if conditions else "",
        **review_of(site, line),
    )
    nodes = [*site_nodes(site), breadcrumb_node(site, page.canonical, page.breadcrumb), webpage]
    nodes += [condition_node(site, condition) for condition in conditions]
    if has_article:
        nodes.append(_article(page, site, page_id, modified))
    return graph(*nodes)


def _article(page: ArticleView, site: Frame, page_id: str, modified: str) -> Node:
    line = page.byline
    return node(
        "Article",
        id=f"{page.canonical}#article",
        headline=page.title,
        description=page.description,
        datePublished=line.first_published_on.isoformat() if line.first_published_on else "",
        dateModified=modified,
        author=[person(site, author) for author in line.authors],
        publisher={"@id": f"{site.url}/#organization"},
        mainEntityOfPage={"@id": page_id},
        citation=[reference.identified for reference in page.references],
        isAccessibleForFree=True,
    )
