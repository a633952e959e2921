"""Articles as publishing knows them."""

from __future__ import annotations

from collections.abc import Iterator

from stemsite.publishing.families import Family
from stemsite.publishing.models import Use
from studies.freezing import wording_ids

from .content import SCHEMA, ArticleContent, article_content
from .freezing import freeze_article, restore_article, settle_article
from .models import Article
from .rendering import address
from .reviewing import reasons_for_review
from .saying import said
from .views import preview


def uses(found: ArticleContent) -> Iterator[tuple[str, int]]:
    yield from ((Use.Kind.STUDY, pk) for pk in found.studies)
    yield from ((Use.Kind.REFERENCE, citation.reference) for citation in found.citations)
    yield from ((Use.Kind.PERSON, author.person) for author in found.authors)
    yield from ((Use.Kind.PICTURE, pk) for pk in found.pictures)
    yield from ((Use.Kind.CONDITION, condition.id) for condition in found.conditions)
    yield from ((Use.Kind.INTERVENTION, intervention.id) for intervention in found.interventions)
    yield from ((Use.Kind.WORDING, pk) for pk in wording_ids(found.notices))
    yield from ((Use.Kind.TOPIC, topic.id) for topic in found.topics)
    yield from ((Use.Kind.PAGE, pk) for pk in found.related)


def affects(found: ArticleContent) -> Iterator[str]:
    """Lists and pages that show this one besides its own address."""
    yield "list:articles"
    yield f"list:{found.kind}"
    yield from (f"topic:{topic.slug}" for topic in found.topics)
    yield from (f"person:{author.slug}" for author in found.authors)
    yield from (f"shows:{pk}" for pk in found.studies)


ARTICLES = Family(
    model=Article,
    freeze=freeze_article,
    schema=SCHEMA,
    parse=article_content,
    path=address,
    uses=uses,
    affects=affects,
    needs_reviewer=reasons_for_review,
    says=said,
    restore=restore_article,
    settle=settle_article,
    show=preview,
)
