"""One nonce, for the staff site alone; nothing unsafe anywhere (SEC-09)."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.views.decorators.csp import csp_override

from stemsite.admin import StaffSite
from tests.factories import make_article, make_guide, sign_and_publish

pytestmark = pytest.mark.django_db
HEADER = "Content-Security-Policy"


@pytest.fixture
def form(client, owner):
    client.force_login(owner)
    article = make_article(by=owner)
    return client.get(reverse("admin:articles_article_change", args=[article.pk]))


def test_every_inline_script_and_style_of_the_change_form_carries_the_nonce(form):
    """SEC-09: import map and styles included."""
    nonce = re.search(r"'nonce-([\w-]+)'", form[HEADER])[1]
    html = form.content.decode()
    inline = [tag for tag in re.findall(r"<(?:script|style)\b[^>]*>", html) if "src=" not in tag]
    executed = [tag for tag in inline if 'type="application/json"' not in tag]
    assert any('type="importmap"' in tag for tag in executed)
    assert all(f'nonce="{nonce}"' in tag for tag in executed)
    assert not re.search(r"\sstyle=|\son\w+=\"", html)


def test_two_answers_never_share_a_nonce(client, form):
    again = client.get(form.request["PATH_INFO"])
    assert form[HEADER] != again[HEADER]


def test_nothing_unsafe_and_no_other_host(form):
    """SEC-09."""
    assert "unsafe" not in form[HEADER]
    assert "http" not in form[HEADER]
    assert "default-src 'self'" in form[HEADER]
    assert "frame-ancestors 'none'" in form[HEADER]


def test_public_pages_never_carry_a_nonce(client, clinic):
    """DESIGN 6: stored bytes hold nobody's nonce."""
    guide = make_guide()
    sign_and_publish(guide)
    for address in ("/", guide.live_path, "/no-such-page/"):
        answer = client.get(address)
        assert "nonce" not in answer[HEADER]
        assert "nonce" not in answer.content.decode()


def test_a_staff_view_may_bring_a_policy_of_its_own(owner):
    """The preview may be framed by the form beside it; nothing else is."""

    @csp_override({"default-src": ["'none'"]})
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().get("/admin/x/")
    request.user = owner
    assert StaffSite().admin_view(view)(request)._csp_config == {"default-src": ["'none'"]}
