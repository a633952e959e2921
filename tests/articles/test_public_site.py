"""What every public address promises, and the pages around the guides."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.conf import settings

from tests.factories import make_article, make_plain_page, make_term, publish, sign_and_publish
from tests.markup import headings, ids, links, one, tree, with_class, words

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/",
    "/conditions/",
    "/conditions/als/",
    "/blog/",
    "/blog/read-a-study/",
    "/privacy/",
    "/studies/",
    "/people/sample-maria-reyes/",
    "/search/",
    "/search/?q=als",
    "/search/?q=nothing-of-that-name",
    "/contact/",
    "/corrections/",
)


@pytest.fixture
def site(guide, reviewer_person):
    """A small whole site."""
    sign_and_publish(make_article(slug="read-a-study", title="How to read a study"), reviewer=reviewer_person.user)
    publish(make_plain_page())


@pytest.fixture
def answers(client, site):
    """Each address with its answer and the answer's tree."""
    found = [(address, client.get(address)) for address in ADDRESSES]
    assert {response.status_code for _, response in found} == {200}
    return [(address, response, tree(response)) for address, response in found]


def test_page_01_every_page_has_one_skeleton_in_one_order(answers):
    for address, _, root in answers:
        body = root.find("body")
        assert [element.tag for element in body] == ["a", "header", "main", "footer"], address
        skip, header, main, footer = body
        assert (words(skip), skip.get("href"), main.get("id")) == ("Skip to the text", "#main", "main")
        assert ("Example Clinic", "/") in links(header)
        assert ("Search", "/search/") in links(header)
        assert header.find("nav").get("aria-label") == "Main"
        for part in ("Example Clinic LLC", "1 Example Street", "+1 614 555 0100", "Privacy", "Report a problem"):
            assert part in words(footer)


def test_page_02_headings_description_and_ids_are_in_order(answers):
    for address, _, root in answers:
        levels = [level for level, _ in headings(root)]
        assert levels.count(1) == 1, address
        assert all(after - before <= 1 for before, after in pairwise(levels)), address
        (described,) = [meta.get("content") for meta in root.iter("meta") if meta.get("name") == "description"]
        assert 0 < len(described) <= 160
        assert len(ids(root)) == len(set(ids(root))), address


def test_page_02_titles_are_unique_over_the_site(answers):
    titles = [words(root.find("head/title")) for address, _, root in answers if "?" not in address]
    assert len(titles) == len(set(titles))


def test_page_03_nothing_inline_nothing_foreign_nothing_personal(answers):
    for address, response, root in answers:
        assert not list(root.iter("style")), address
        assert all(script.get("type") == "application/ld+json" or script.get("src") for script in root.iter("script"))
        for element in root.iter():
            assert "style" not in element.attrib
            assert not [name for name in element.attrib if name.startswith("on")]
        loaded = [element.get("src") for element in root.iter() if element.get("src")]
        loaded += [link.get("href") for link in root.iter("link") if link.get("rel") in {"stylesheet", "icon"}]
        assert loaded
        assert all(source.startswith("/static/") for source in loaded)
        assert not response.cookies
        assert b"csrf" not in response.content


def test_page_04_one_stylesheet_under_a_hashed_name(answers):
    """What only forms that narrow down and tables need stands in a sheet of its own, so that no guide carries it."""
    for path, _, root in answers:
        assert_one_sheet(path, root, "library" if path.partition("?")[0] in {"/studies/", "/search/"} else "site")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *[(f"/{form}/", "forms") for form in ("newsletter", "information-packet", "consultation")],
        ("/glossary/", "glossary"),
    ],
)
def test_page_04_so_has_each_page_that_needs_more_than_reading_does(client, site, path, kind):
    make_term()
    assert_one_sheet(path, tree(client.get(path)), kind)


def assert_one_sheet(path, root, kind):
    (sheet,) = [link.get("href") for link in root.iter("link") if link.get("rel") == "stylesheet"]
    assert re.fullmatch(rf"/static/stemsite/{kind}\.[0-9a-f]{{12}}\.css", sheet), path


def test_page_04_a_first_view_without_figures_takes_three_requests_at_most(answers):
    """The page, its style and one script; what a script adds waits for what is read."""
    for address, _, root in answers:
        sheets = [link.get("href") for link in root.iter("link") if link.get("rel") == "stylesheet"]
        scripts = [script for script in root.iter("script") if script.get("src")]
        figures = [use for figure in root.iter("figure") for use in figure.findall(".//{*}use")]
        borrowed = [use for use in root.findall(".//{*}use") if use not in figures]
        assert 1 + len(sheets) + len(scripts) + len(borrowed) <= 3, address
        assert len(figures) == (1 if address == "/conditions/als/" else 0), address
        assert all((one.get("type"), one.get("fetchpriority")) == ("module", "low") for one in scripts), address


def test_page_68_and_69_canonical_and_open_graph_equal_the_page(page, site):
    root = page("/conditions/als/")
    canonical = [link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"]
    assert canonical[0].endswith("/conditions/als/")
    properties = {meta.get("property"): meta.get("content") for meta in root.iter("meta") if meta.get("property")}
    assert properties["og:title"] == "What is ALS?"
    assert properties["og:description"] == "ALS harms the nerve cells that move muscles."
    assert (properties["og:type"], properties["og:url"]) == ("article", canonical[0])
    assert properties["og:site_name"] == "Example Clinic"
    assert properties["article:modified_time"]


def test_a_page_that_is_not_indexed_has_no_canonical(page, site):
    root = page("/search/?q=als")
    assert [meta.get("content") for meta in root.iter("meta") if meta.get("name") == "robots"] == ["noindex"]
    assert not [link for link in root.iter("link") if link.get("rel") == "canonical"]


def test_page_20_home_says_who_we_are_what_to_read_how_it_is_made_and_how_to_reach_us(page, site):
    root = page("/")
    main = root.find("body/main")
    assert words(next(main.iter("h1"))) == "A clinic that shows its sources."
    assert ("What is ALS?", "/conditions/als/") in links(main)
    assert ("How to read a study", "/blog/read-a-study/") in links(main)
    said = words(main)
    for part in ("How we make these pages", "Changes and corrections", "Not approved by the FDA", "+1 614 555 0100"):
        assert part in said
    search = next(form for form in main.iter("form"))
    assert (search.get("method"), search.get("action"), search.get("role")) == ("get", "/search/", "search")


def test_page_26_lists_show_title_summary_people_and_days(page, site):
    entry = words(one(page("/blog/"), "entry"))
    for part in ("How to read a study", "What to look at first.", "Reviewed", "Sample Maria Reyes, MD", "Written by"):
        assert part in entry


def test_page_37_a_profile_gives_credentials_conflicts_and_pages(page, site):
    root = page("/people/sample-maria-reyes/")
    said = words(root.find("body/main"))
    for part in ("Medical reviewer", "Neurology", "Ohio SAMPLE-0001", "Conflicts of interest", "Pages reviewed"):
        assert part in said
    assert ("What is ALS?", "/conditions/als/") in links(root)


def test_page_41_search_shows_groups_with_the_sentence_and_keeps_the_words(page, site):
    root = page("/search/?q=als")
    assert words(next(root.iter("h2")))
    assert ("What is ALS?", "/conditions/als/") in links(root)
    field = root.find(".//input[@name='q']")
    assert (field.get("type"), field.get("value")) == ("search", "als")


def test_page_41_nothing_found_gives_ways_on(page, site):
    root = page("/search/?q=nothing-of-that-name")
    assert "Nothing found for “nothing-of-that-name”." in words(root)
    assert ("What is ALS?", "/conditions/als/") in links(root)


def test_page_41_words_that_look_like_markup_are_words(client, site):
    response = client.get("/search/", {"q": '"<script>alert(1)</script>'})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_menu_marks_where_the_reader_is(page, site):
    current = [link for link in one(page("/conditions/als/"), "menu").iter("a") if link.get("aria-current")]
    assert [(words(link), link.get("aria-current")) for link in current] == [("Conditions", "true")]


def test_page_40_a_major_change_stands_in_the_history_and_under_corrections(page, site, guide, reviewer_person):
    guide.summary = "ALS harms nerve cells."
    guide.save()
    sign_and_publish(guide, reviewer=reviewer_person.user, note="We corrected the number of people.")
    assert "We corrected the number of people." in words(one(page("/conditions/als/"), "history"))
    assert "We corrected the number of people." in words(page("/corrections/"))
    assert "We corrected the number of people." in words(page("/"))


def test_a_plain_page_shows_no_byline(page, site):
    assert not with_class(page("/privacy/"), "byline")


def test_page_80_contact_gives_phone_hours_address_and_directions_in_words(page, clinic):
    clinic.hours, clinic.directions = "Monday to Friday, 9 a.m. to 5 p.m.", "From the station turn left at the bridge."
    clinic.save()
    main = page("/contact/").find("body/main")
    said = words(main)
    for part in ("+1 614 555 0100", clinic.hours, "1 Example Street", clinic.directions):
        assert part in said
    assert any(target.startswith("tel:+1") for _, target in links(main))


VAGUE = {"here", "click here", "more", "read more", "learn more", "this page", "link", "details", "this"}


def test_ax_17_a_link_makes_sense_alone_and_the_same_words_lead_to_the_same_place(answers):
    """AX-17: across header, text and footer; back-links are told apart by the entry of the list they stand in."""
    for address, _, root in answers:
        targets: dict[str, set[str]] = {}
        unheard = {id(link) for part in root.iter() if part.get("aria-hidden") == "true" for link in part.iter("a")}
        for link in (link for link in root.iter("a") if id(link) not in unheard):
            name = link.get("aria-label") or words(link)
            assert name, (address, link.get("href"))
            assert name.lower().strip(" .›→") not in VAGUE, (address, name)
            if link.get("role") != "doc-backlink":
                targets.setdefault(name, set()).add(link.get("href"))
        assert {name: found for name, found in targets.items() if len(found) > 1} == {}, address
        assert root.get("lang") == "en"


MOVING = {"video", "audio", "marquee", "blink", "animate", "animateTransform", "animateMotion", "set"}


def test_ax_15_nothing_plays_refreshes_or_runs_out(answers):
    """AX-15: no moving or timed content; what little script there is sets no timer (motion itself: PAGE-72)."""
    for address, _, root in answers:
        assert not [meta for meta in root.iter("meta") if (meta.get("http-equiv") or "").lower() == "refresh"], address
        assert not MOVING & {element.tag for element in root.iter()}, address
    for script in sorted((settings.BASE_DIR / "static" / "stemsite" / "js").glob("*.js")):
        assert not re.search(r"\b(setInterval|requestAnimationFrame|\.animate)\b", script.read_text()), script.name
