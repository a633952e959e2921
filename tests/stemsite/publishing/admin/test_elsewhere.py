"""The screen of how readers find a page, through its address (PUB-37)."""

import io

import pytest
from PIL import Image

from stemsite.access import Role
from stemsite.images.social import HEIGHT, WIDTH
from tests.factories import make_article, make_guide, make_packet, make_user, save_draft, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


def screen(user, page, end=""):
    return signed_in(user).get(f"/admin/pages/{page.pk}/found/{end}")


def test_the_screen_shows_the_look_elsewhere_and_what_could_lead_here(editor):
    guide = make_guide(by=editor)
    sign_and_publish(guide, by=editor)
    article = make_article(by=editor, title="Living with <ALS>")
    article.conditions.set(guide.conditions.all())
    sign_and_publish(article, by=editor)
    text = screen(editor, guide).content.decode()
    assert "› conditions › als" in text and "What is ALS? | " in text
    assert "No other page leads here" in text
    assert "Living with &lt;ALS&gt;</a>: about ALS" in text
    assert f'href="{article.live_path}"' in text
    assert "What is ALS?</a>: about ALS" in screen(editor, article).content.decode()


def test_a_draft_has_a_look_and_nothing_leads_to_it(editor):
    article = make_article(by=editor)
    save_draft(article)
    text = screen(editor, article).content.decode()
    assert "which is not live" in text and "nothing leads here" in text
    assert "How readers find it" in signed_in(editor).get(f"/admin/pages/{article.pk}/").content.decode()


def test_the_picture_is_drawn_of_the_draft_and_kept_by_nobody(editor):
    article = make_article(by=editor)
    save_draft(article)
    answer = screen(editor, article, "picture/")
    assert Image.open(io.BytesIO(answer.content)).size == (WIDTH, HEIGHT)
    assert answer["Content-Type"] == "image/png" and "no-store" in answer["Cache-Control"]


def test_what_was_never_saved_or_has_no_address_is_not_found(editor):
    assert screen(editor, make_article(by=editor)).status_code == 404
    packet = make_packet(by=editor)
    save_draft(packet)
    assert screen(editor, packet).status_code == 404


def test_who_may_not_see_the_draft_is_refused(editor):
    article = make_article(by=editor)
    save_draft(article)
    stranger = make_user(Role.AUTHOR)
    assert screen(stranger, article).status_code == 403
    assert screen(stranger, article, "picture/").status_code == 403
    assert screen(make_user(Role.COORDINATOR), article).status_code == 403
