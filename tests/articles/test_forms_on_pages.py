"""Forms stand on pages of their own; other pages hold plain links to them, after what they have to say (PAGE-64)."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.markup import links, tree, words

from .test_public_site import ADDRESSES, site  # noqa: F401

pytestmark = pytest.mark.django_db

FORMS = ("/newsletter/", "/information-packet/", "/consultation/")


def posting(root):
    return [form for form in root.iter("form") if (form.get("method") or "get").lower() == "post"]


@pytest.mark.usefixtures("site")
def test_page_64_no_page_of_words_holds_a_form_that_is_sent(client):
    """PAGE-64: search is asked by GET; nothing stands above or inside medical text."""
    for address in ADDRESSES:
        assert not posting(tree(client.get(address))), address


@pytest.mark.usefixtures("site")
def test_page_64_each_form_is_there_once_on_its_own_page(client):
    """PUB-135"""
    for address in FORMS:
        root = tree(client.get(address))
        (form,) = posting(root)
        assert (form.get("action") or address).split("?")[0] == address
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), address


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("address", FORMS)
def test_pub_135_the_words_of_success_are_in_no_page_before_success(client, address):
    said = words(tree(client.get(address)).find("body/main"))
    (heading,) = tree(client.get(f"{address}thanks/")).find("body/main").iter("h1")
    assert words(heading) and words(heading) not in said


@pytest.mark.usefixtures("site")
def test_page_64_the_way_to_a_form_is_a_plain_link_after_the_text(client):
    """The guide's call to action follows its sections on evidence and harms."""
    main = tree(client.get("/conditions/als/")).find("body/main")
    said = words(main)
    (label,) = {name for name, target in links(main) if target.split("?")[0] == "/consultation/"}
    assert said.rindex(label) > max(said.rindex("About harms"), said.rindex("One source."))
    (link,) = [link for link in main.iter("a") if words(link) == label]
    assert set(link.attrib) <= {"href", "class"}, "nothing but a link"


@pytest.mark.usefixtures("site")
def test_page_64_nothing_opens_by_itself(client):
    """PAGE-64, PUB-135: no dialog is open, and no script waits for time, scrolling or leaving."""
    for address in (*ADDRESSES, *FORMS):
        root = tree(client.get(address))
        assert not [element for element in root.iter() if element.tag == "dialog" and "open" in element.attrib], address
    folder = settings.BASE_DIR / "static" / "stemsite"
    scripts = [*sorted((folder / "js").glob("*.js")), *sorted((folder / "leads").glob("*.js"))]
    assert scripts
    for script in scripts:
        text = script.read_text()
        for trigger in ("setTimeout(", "setInterval(", '"scroll"', '"mouseleave"', '"beforeunload"', "showModal("):
            assert trigger not in text, (script.name, trigger)
