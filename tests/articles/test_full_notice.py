"""PAGE-61: the full notice stands where a treatment is what the page is about, and the short one leads to it."""

from __future__ import annotations

import pytest

from stemsite.clinic.models import Wording
from tests.factories import make_article, make_guide, sign_and_publish
from tests.markup import links, words

pytestmark = pytest.mark.django_db


def test_a_service_page_carries_the_full_notice_and_links_to_it(page, clinic):
    sign_and_publish(make_article(kind="service", slug="steps"))
    root = page("/steps/")
    section = root.find(".//h2[@id='about-the-notice']/..")
    assert "Long-term effects are unknown." in words(section)
    assert ("More about this notice", "#about-the-notice") in links(root.find(".//div[@id='notice']"))


def test_it_is_frozen_with_the_version(page, clinic):
    """PUB-15: a newer wording stands on the page only once it was published with it."""
    article = make_article(kind="service", slug="steps")
    sign_and_publish(article)
    Wording.objects.create(kind=Wording.Kind.STATUS_FULL, version=2, text="Newer words.")
    assert "Newer words." not in words(page("/steps/"))
    assert article.live_version.content["notices"][1]["kind"] == "status_full"


def test_a_condition_guide_has_the_short_notice_alone(page, clinic):
    """Its own sections on harms, unknowns and costs say at length what the full notice says."""
    sign_and_publish(make_guide(slug="als"))
    assert page("/conditions/als/").find(".//h2[@id='about-the-notice']") is None
