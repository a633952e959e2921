"""Live articles in lists: what stands where is decided by live versions, never by drafts."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from stemsite.publishing.models import Use
from stemsite.serving import store

from .models import Article, Topic


def live_articles(kind: str) -> QuerySet[Article]:
    """Live pages whose *live version* is of this kind, newest first; the draft's kind is no matter."""
    return Article.objects.live().filter(live_kind=kind).order_by("-updated_at", "-pk")


def live_on_topic(topic: Topic) -> QuerySet[Article]:
    return live_articles("article").filter(
        live_version__uses__kind=Use.Kind.TOPIC, live_version__uses__object_id=topic.pk
    )


@transaction.atomic
def save_topic(topic: Topic) -> None:
    """Name and introduction of a topic stand on its own list and feed; pages keep the name they froze."""
    before = Topic.objects.filter(pk=topic.pk).values_list("slug", flat=True).first()
    topic.save()
    store.forget(f"topic:{topic.slug}", f"topic:{before or topic.slug}")
