"""Structured data that every page shares: organisation, site, breadcrumbs, people, conditions (SD-01 to SD-05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.utils.safestring import SafeString

from stemsite.clinic.frame import Frame
from stemsite.jsonld import Node, graph, node

from .content import ConditionMark
from .reading import Byline, Reviewer, Writer


def site_nodes(site: Frame) -> list[Node]:
    organization = node(
        "Organization",
        id=f"{site.url}/#organization",
        name=site.name,
        legalName=site.legal_name,
        url=f"{site.url}/",
        telephone=site.phone,
        address=", ".join(site.address_lines),
        publishingPrinciples=f"{site.url}/editorial-policy/",
        correctionsPolicy=f"{site.url}/corrections/",
    )
    website = node(
        "WebSite",
        id=f"{site.url}/#website",
        url=f"{site.url}/",
        name=site.name,
        publisher={"@id": f"{site.url}/#organization"},
    )
    return [organization, website]


def breadcrumb_node(site: Frame, canonical: str, trail: Sequence[tuple[str, str]]) -> Node:
    items = [
        node("ListItem", position=index, name=name, item=f"{site.url}{path}" if path else canonical)
        for index, (name, path) in enumerate(trail, start=1)
    ]
    return node("BreadcrumbList", id=f"{canonical}#breadcrumb", itemListElement=items)


def person(site: Frame, writer: Writer | Reviewer) -> Node:
    """``name`` is the name only; titles stand in ``honorificSuffix`` (SD-05)."""
    return node(
        "Person",
        name=writer.name,
        honorificSuffix=writer.credentials,
        url=f"{site.url}{writer.url}" if writer.url else "",
    )


def review_of(site: Frame, line: Byline) -> dict[str, object]:
    """``lastReviewed`` and ``reviewedBy``, only with a valid signature (SD-02)."""
    if line.reviewer is None or line.reviewed_on is None:
        return {}
    return {"lastReviewed": line.reviewed_on.isoformat(), "reviewedBy": person(site, line.reviewer)}


def condition_node(site: Frame, condition: ConditionMark) -> Node:
    return node(
        "MedicalCondition",
        id=f"{site.url}/#condition-{condition.slug}",
        name=condition.name,
        alternateName=list(condition.other_names),
        code=[node("MedicalCode", codingSystem=system, codeValue=code) for system, code in condition.codes],
        signOrSymptom=[node("MedicalSymptom", name=name) for name in condition.symptoms],
    )


class Described(Protocol):
    """What every page with words of its own says about itself."""

    @property
    def canonical(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def language(self) -> str: ...


def webpage_node(site: Frame, page: Described, kind: str = "WebPage", **more: Any) -> Node:
    return node(
        kind,
        id=f"{page.canonical}#page",
        url=page.canonical,
        name=page.title,
        description=page.description,
        inLanguage=page.language,
        isPartOf={"@id": f"{site.url}/#website"},
        breadcrumb={"@id": f"{page.canonical}#breadcrumb"},
        **more,
    )


def plain_graph(
    site: Frame, *, path: str, name: str, trail: Sequence[tuple[str, str]], kind: str = "WebPage"
) -> SafeString:
    """The graph of a list or other page that is no article."""
    canonical = f"{site.url}{path}"
    webpage = node(
        kind,
        id=f"{canonical}#page",
        url=canonical,
        name=name,
        isPartOf={"@id": f"{site.url}/#website"},
        breadcrumb={"@id": f"{canonical}#breadcrumb"} if trail else "",
    )
    crumbs = [breadcrumb_node(site, canonical, trail)] if trail else []
    return graph(*site_nodes(site), *crumbs, webpage)
