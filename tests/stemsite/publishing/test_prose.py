"""Rich text is inert and stays as written, whatever path stores it (PUB-91, SEC-15)."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.models import TextSection
from stemsite.publishing.prose import EXTENSIONS, MAX_CHARACTERS, clean_prose
from tests.factories import make_article, make_study

from .hostile import ADDRESSES, PAYLOADS

ALLOWED: dict[str, set[str]] = {
    **{tag: set() for tag in ("p", "br", "strong", "em", "sub", "sup", "ul", "ol", "li", "h3", "h4")},
    **{tag: set() for tag in ("table", "thead", "tbody", "tr")},
    "a": {"href"},
    "cite": {"data-ref", "data-loc"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}

HOSTILE = '<p onclick="alert(1)">Kept<script>alert(1)</script><a href="javascript:alert(1)"> words</a></p>'
CLEAN = "<p>Kept words</p>"


def problems(html: str) -> list[str]:
    """What an independent parser finds in ``html`` that no reader should get."""
    found = []
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        tag = str(element.tag)
        if tag == "DOCUMENT_FRAGMENT":
            continue
        if tag not in ALLOWED:
            found.append(f"<{tag}>")
            continue
        found += [f"{tag} {name}" for name in set(element.attrib) - ALLOWED[tag]]
        if tag == "a" and not re.match(r"(https?:|mailto:|tel:|/(?![/\\])|#)", element.get("href", "")):
            found.append(f"href {element.get('href')!r}")
        if tag == "cite" and not re.fullmatch(r"[1-9][0-9]{0,15}", element.get("data-ref", "")):
            found.append(f"data-ref {element.get('data-ref')!r}")
    return found


def test_there_are_enough_payloads():
    assert len(set(PAYLOADS)) >= 230


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_inert_and_cleaning_twice_changes_nothing(payload):
    """SEC-15, PUB-95."""
    cleaned = clean_prose(payload)
    assert problems(cleaned) == []
    assert clean_prose(cleaned) == cleaned


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refused_address_takes_its_link_along_and_leaves_the_words(address):
    """PUB-95: no empty anchor stays behind."""
    assert clean_prose(f'<p>Some <a href="{address}">words</a></p>') == "<p>Some words</p>"


@given(
    st.lists(
        st.sampled_from([*PAYLOADS, "<p>", "</p>", "<cite data-ref='7'>", "</cite>", "words ", "<li>", "<a>"]),
        max_size=6,
    )
)
def test_any_mixture_is_inert_and_stable(parts):
    cleaned = clean_prose("".join(parts))
    assert problems(cleaned) == []
    assert clean_prose(cleaned) == cleaned


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<img src=x>\ufeff<script>1</script>", ""),
        ("<a href='/x'></a>\ufeff<p>Words</p>", "<p>Words</p>"),
        ("<p>One<a href='/x'> </a>two</p>", "<p>One two</p>"),
    ],
)
def test_marks_of_order_and_empty_links_leave_nothing_but_their_space(html, kept):
    assert clean_prose(html) == kept


@given(st.text(max_size=200))
def test_any_text_is_stable(text):
    cleaned = clean_prose(text)
    assert problems(cleaned) == []
    assert clean_prose(cleaned) == cleaned


GOOD = (
    "<p>Plain words, 5 &lt; 6 &amp; 7 &gt; 6.</p>",
    "<p>A <strong>strong</strong>, <em>soft</em> H<sub>2</sub>O 10<sup>6</sup><br>line</p>",
    "<h3>Heading</h3><p>Text</p><h4>Smaller</h4>",
    "<ul><li><p>One</p><ul><li><p>Inner</p></li></ul></li></ul>",
    "<ol><li><p>One</p></li><li><p>Two</p></li></ol>",
    '<p><a href="https://example.org/a?b=1&amp;c=2#d">x</a> <a href="mailto:a@example.org">y</a></p>',
    '<p><a href="tel:+16145550100">call</a> <a href="/conditions/als/">guide</a> <a href="#ref-1">1</a></p>',
    '<p>Said.<cite data-ref="12"></cite> More.<cite data-ref="3" data-loc="p 5–7"></cite></p>',
    '<p><cite data-ref="3" data-loc="table &quot;2&quot;"></cite></p>',
    '<table><tbody><tr><th colspan="2" rowspan="1"><p>H</p></th></tr><tr><td><p>a</p></td></tr></tbody></table>',
    "<p>Größe, naïve, 日本語, עברית, 🧬</p>",
    "",
)


@pytest.mark.parametrize("html", GOOD)
def test_good_text_is_untouched(html):
    """SEC-15."""
    assert clean_prose(html) == html


def test_a_citation_is_stored_empty_with_its_attributes_in_one_order():
    """PUB-92: a label that was pasted along goes; the page numbers what it finds."""
    assert clean_prose('<p><cite data-loc="p 5" data-ref="3">[1] Old 2020</cite></p>') == (
        '<p><cite data-ref="3" data-loc="p 5"></cite></p>'
    )


def test_a_cited_title_from_elsewhere_keeps_its_words():
    assert clean_prose("<p>In <cite>The Lancet</cite> of May</p>") == "<p>In The Lancet of May</p>"


@pytest.mark.parametrize("blank", ["<p></p>", "<p> </p>", "<p>&nbsp;</p><p><br></p>", " \n", "<script>x</script>"])
def test_text_that_shows_nothing_is_empty(blank):
    assert clean_prose(blank) == ""


def test_the_toolbar_can_make_nothing_that_puts_style_on_the_list():
    """PUB-91: no colours, alignment, classes; tables, lists and citations with all their parts."""
    assert not {"TextAlign", "Color", "Highlight", "TextStyle", "TextClass", "NodeClass", "HTML", "Image"} & set(
        EXTENSIONS
    )
    assert {"ListItem", "TableRow", "TableHeader", "TableCell", "HardBreak", "Citation"} <= set(EXTENSIONS)


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_refused_with_words_not_cut():
    section = make_article().articles_textsection_set.get()
    section.html = f"<p>{'a' * MAX_CHARACTERS}</p>"
    with pytest.raises(ValidationError, match="Divide it into several sections"):
        section.full_clean()


def _section(**fields: Any) -> TextSection:
    return TextSection(parent=make_article(), region="main", ordering=20, html=HOSTILE, **fields)


def _stored(section: TextSection) -> str:
    return TextSection.objects.values_list("html", flat=True).get(pk=section.pk)


@pytest.mark.database
@pytest.mark.django_db
def test_every_write_path_stores_clean_text():
    """PUB-91: save, create, bulk_create, update, bulk_update, update_or_create, fixtures."""
    saved = _section()
    saved.save()
    assert (saved.html, _stored(saved)) == (CLEAN, CLEAN)

    [many] = TextSection.objects.bulk_create([_section()])
    assert _stored(many) == CLEAN

    TextSection.objects.filter(pk=saved.pk).update(html="<p>other</p>")
    TextSection.objects.filter(pk=saved.pk).update(html=HOSTILE)
    assert _stored(saved) == CLEAN

    many.html = HOSTILE
    TextSection.objects.bulk_update([many], ["html"])
    assert _stored(many) == CLEAN

    changed, _ = TextSection.objects.update_or_create(pk=saved.pk, defaults={"html": HOSTILE + "<p>2</p>"})
    assert _stored(changed) == f"{CLEAN}<p>2</p>"

    fixture = serializers.serialize("json", [saved]).replace(
        '"html": "', f'"html": "{HOSTILE.replace(chr(34), chr(92) + chr(34))}'
    )
    for item in serializers.deserialize("json", fixture):
        item.save()
    assert _stored(saved).startswith(CLEAN)
    assert problems(_stored(saved)) == []


@pytest.mark.database
@pytest.mark.django_db
def test_the_texts_of_a_study_are_cleaned_as_well():
    study = make_study(methods=HOSTILE)
    study.refresh_from_db()
    assert study.methods == CLEAN
