"""Draft rows of the sample packets, from their texts."""

from __future__ import annotations

from collections.abc import Mapping

from articles.models import Article
from leads.models import Packet
from leads.packets.freezing import HEADINGS
from stemsite.accounts.models import User
from studies.models import Study

from .texts import Text, to_html, words


def make_packet(text: Text, references: Mapping[str, int], *, by: User, staff: Mapping[str, User]) -> Packet:
    """The packet in draft; it is frozen, with what is live then, by the caller."""
    named = text.named
    parts = {section.heading: to_html(section.text, references) for section in text.sections}
    packet = Packet(
        title=named["title"],
        slug=named["slug"],
        summary=named["summary"],
        guide=Article.objects.get(kind=Article.Kind.GUIDE, slug=named["guide"]) if "guide" in named else None,
        created_by=by,
        keeper=by,
        deputy=staff["publisher"],
        reviewer=staff["reviewer"],
        is_sample=True,
        **{role: parts.get(role, "") for role in HEADINGS},
    )
    packet.full_clean()
    packet.save()
    packet.studies.set(Study.objects.filter(slug__in=words(named.get("studies", ""))))
    packet.services.set(Article.objects.filter(kind=Article.Kind.SERVICE, slug__in=words(named.get("services", ""))))
    return packet
