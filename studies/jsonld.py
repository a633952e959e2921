"""Structured data of a study: the trial, its paper, the page about both."""

from __future__ import annotations

from django.utils.safestring import SafeString

from stemsite.clinic.frame import Frame
from stemsite.jsonld import Node, graph, node
from stemsite.publishing.structured import breadcrumb_node, condition_node, review_of, site_nodes, webpage_node

from .citations import doi_url
from .content import StudyContent
from .study_view import StudyView


def study_graph(page: StudyView, site: Frame) -> SafeString:
    found = page.content
    study_id = f"{page.canonical}#study"
    webpage = webpage_node(
        site,
        page,
        "MedicalWebPage",
        mainEntity={"@id": study_id},
        **review_of(site, page.byline),
    )
    nodes = [*site_nodes(site), breadcrumb_node(site, page.canonical, page.breadcrumb), webpage]
    nodes += [condition_node(site, condition) for condition in found.conditions]
    nodes.append(_study(page, found, site, study_id))
    if found.primary:
        nodes.append(_paper(page, found))
    return graph(*nodes)


def _study(page: StudyView, found: StudyContent, site: Frame, study_id: str) -> Node:
    observational = found.design in {"observational", "historical", "case"}
    return node(
        "MedicalObservationalStudy" if observational else "MedicalTrial",
        id=study_id,
        name=found.official_title or found.title,
        description=found.summary,
        healthCondition=[{"@id": f"{site.url}/#condition-{condition.slug}"} for condition in found.conditions],
        code=[
            node("MedicalCode", codingSystem=registration.registry, codeValue=registration.number)
            for registration in found.registrations
        ],
        studyLocation=node("AdministrativeArea", name=found.where.text) if found.where.known == "stated" else "",
        sponsor=node("Organization", name=found.funder.text) if found.funder.known == "stated" else "",
    )


def _paper(page: StudyView, found: StudyContent) -> Node:
    source = found.primary
    if source is None:
        raise ValueError("A paper needs its citation.")
    identifiers = (("DOI", source.doi), ("PMID", source.pmid))
    return node(
        "MedicalScholarlyArticle",
        id=f"{page.canonical}#paper",
        headline=found.official_title or found.title,
        isPartOf=node("Periodical", name=found.venue) if found.venue else "",
        datePublished=str(found.year or ""),
        identifier=[node("PropertyValue", propertyID=name, value=value) for name, value in identifiers if value],
        sameAs=doi_url(source.doi) if source.doi else source.url,
    )
