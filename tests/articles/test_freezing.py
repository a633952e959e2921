"""Draft rows to frozen sections: nothing typed is lost, anchors are unique and stay (PUB-90, PUB-93)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.freezing import is_ordered, list_items
from articles.models import FaqSection, ListSection, TextSection
from stemsite.publishing.prose import clean_prose
from stemsite.publishing.versions import frozen
from tests.factories import make_article, save_draft, sign_and_publish


@pytest.mark.parametrize(
    ("html", "items"),
    [
        ("<ul><li><p>One</p></li><li>Two</li></ul>", ("One", "Two")),
        ("<ul><li><p>A</p><ul><li><p>B</p></li></ul></li><li>C</li></ul>", ("<p>A</p><ul><li><p>B</p></li></ul>", "C")),
        ("<ul><li><p>A</p><p>B</p></li></ul>", ("<p>A</p><p>B</p>",)),
        ("<p>Before</p><ul><li>A</li></ul><p>After</p>", ("Before", "A", "After")),
        ("<h3>Head</h3><ol><li>A</li></ol><ol><li>B</li></ol>", ("<h3>Head</h3>", "A", "B")),
        ("<ul><li><p></p></li></ul>", ()),
        ("loose text", ("loose text",)),
        ("", ()),
    ],
)
def test_list_items(html, items):
    assert list_items(html) == items


def test_a_list_is_numbered_when_its_first_list_is():
    assert is_ordered("<p>x</p><ol><li>A<ul><li>B</li></ul></li></ol>")
    assert not is_ordered("<ul><li>A<ol><li>B</li></ol></li></ul>")


WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5)
ITEMS = st.recursive(
    WORDS.map(lambda text: f"<p>{text}</p>"),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda rows: "<p>x</p><ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ITEMS, max_size=5))
def test_no_word_of_a_list_is_lost_however_it_nests(rows):
    html = clean_prose(f"<ul>{''.join(f'<li>{row}</li>' for row in rows)}</ul>")
    items = list_items(html)
    assert len(items) == len(rows)
    for item, row in zip(items, rows, strict=True):
        assert item.count("<ul>") == row.count("<ul>") == item.count("</ul>")
        assert clean_prose(item) == item


@pytest.mark.django_db
class TestSections:
    def content(self, article):
        return frozen(article)[0]["sections"]

    def test_questions_are_plain_words_and_keep_their_entities_once(self, clinic):
        article = make_article()
        FaqSection.objects.create(
            parent=article, region="main", ordering=20, html="<p>Intro.</p><h3>Is 1 &lt; 2 &amp; so?</h3><p>Yes.</p>"
        )
        section = self.content(article)[1]
        assert section["html"] == "<p>Intro.</p>"
        assert section["questions"] == [{"question": "Is 1 < 2 & so?", "html": "<p>Yes.</p>"}]

    def test_readers_see_a_question_escaped_once(self, clinic, client):
        article = make_article()
        FaqSection.objects.create(
            parent=article, region="main", ordering=20, html="<p>Intro.</p><h3>R&amp;D?</h3><p>Yes.</p>"
        )
        sign_and_publish(article)
        html = client.get(article.live_path).content.decode()
        assert "R&amp;D?" in html
        assert "&amp;amp;" not in html
        assert "Intro." in html

    def test_pub_90_anchors_are_unique_also_beside_one_that_is_fixed(self, clinic):
        article = make_article()
        sign_and_publish(article)
        TextSection.objects.create(parent=article, region="main", ordering=5, heading="First steps", html="<p>x</p>")
        TextSection.objects.create(parent=article, region="main", ordering=6, heading="???", html="<p>x</p>")
        anchors = [section["anchor"] for section in self.content(article)]
        assert anchors == ["first-steps-2", "section", "first-steps"]

    def test_pub_90_the_anchor_survives_a_new_heading_and_another_place(self, clinic, client):
        article = make_article()
        ListSection.objects.create(
            parent=article, region="main", ordering=20, heading="Second", html="<ul><li>A</li></ul>"
        )
        sign_and_publish(article)
        TextSection.objects.filter(parent=article).update(heading="Another heading", ordering=90)
        assert [section["anchor"] for section in self.content(article)] == ["second", "first-steps"]
        sign_and_publish(article, note="Moved.")
        assert 'id="first-steps"' in client.get(article.live_path).content.decode()

    def test_before_the_first_publication_the_anchor_follows_the_heading(self, clinic):
        article = make_article()
        save_draft(article)
        TextSection.objects.filter(parent=article).update(heading="Better words")
        assert self.content(article)[0]["anchor"] == "better-words"

    def test_freezing_costs_the_same_queries_whatever_it_holds(self, clinic, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        small, large = make_article(), make_article()
        for number in range(12):
            TextSection.objects.create(parent=large, region="main", ordering=20 + number, html="<p>x</p>")
        with CaptureQueriesContext(connection) as caught:
            frozen(small)
        with django_assert_num_queries(len(caught)):
            frozen(large)
