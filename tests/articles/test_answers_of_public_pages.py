"""PUB-133: public pages come from stored bytes, with a strong tag and 304, without cookie and from one host.

Reading without script, small, enlarged, dark and on paper is seen in a browser (``tests/browser/test_reading.py``).
"""

from __future__ import annotations

import pytest
from django.test import Client
from lxml import html

from stemsite.serving import store
from tests.factories import make_article, make_guide, make_plain_page, make_study, publish, sign_and_publish
from tests.stored import stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LOADED = ("//link[not(@rel='canonical')]/@href", "//script/@src", "//img/@src", "//source/@srcset", "//form/@action")


@pytest.fixture
def addresses(clinic):
    guide, study, article, policy = make_guide(), make_study(), make_article(), make_plain_page()
    for page in (guide, study, article):
        sign_and_publish(page)
    publish(policy)
    person = f"/people/{article.authors.get().slug}/"
    lists = ("/", "/conditions/", "/blog/", "/studies/", "/feeds/articles.xml", "/sitemap.xml")
    return [guide.live_path, study.live_path, article.live_path, policy.live_path, person, *lists]


def test_pub_133_every_public_page_is_served_from_stored_bytes(addresses, django_assert_num_queries):
    store.forget_all()
    for address in addresses:
        rendered = Client().get(address)
        assert rendered.status_code == 200, address
        assert stored() >= {address}
        reader = Client()
        with django_assert_num_queries(1):
            again = reader.get(address, headers={"Cookie": "anything=1"})
        assert again.content == rendered.content
        tag = again["ETag"]
        assert tag.startswith('"'), "a strong tag"
        unchanged = reader.get(address, headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        for answer in (rendered, again, unchanged):
            assert not answer.cookies, address
            assert "Cookie" not in answer.get("Vary", "")


def test_pub_133_no_page_loads_anything_from_another_host(addresses, settings):
    for address in addresses:
        answer = Client().get(address)
        if not answer["Content-Type"].startswith("text/html"):
            continue
        page = html.fromstring(answer.content.decode())
        loaded = [url for path in LOADED for url in page.xpath(path)]
        assert loaded, address
        outside = [
            url for url in loaded if not (url.startswith("/") or url.startswith(settings.SITE_URL)) or "//" in url[8:]
        ]
        assert not outside, address
        assert not page.xpath("//script[not(@src)][not(@type='application/ld+json')] | //style | //*[@style]"), address
