"""LEAD-74, CL-20 and section 8.3: the clinic's own words pass the content checks, and a claim in them is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from stemsite.access import Role
from stemsite.clinic.claiming import claims_in
from stemsite.clinic.models import Wording
from tests.factories import make_user, make_wordings

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("kind", ["packet_form", "consent_newsletter", "status_full", "disclaimer", "newsletter_done"])
@pytest.mark.parametrize("field", ["lead", "text"])
def test_lead_74_a_claim_in_a_wording_is_refused_beside_its_field(kind, field):
    values = {"lead": "A packet", "text": "Plain words."}
    wording = Wording(kind=kind, **{**values, field: "Our stem cells cure ALS."})
    with pytest.raises(ValidationError) as refused:
        wording.full_clean()
    assert "Says or implies the service cures." in str(refused.value.message_dict[field])


def test_lead_74_the_form_shows_it_and_keeps_what_was_typed(client):
    client.force_login(make_user(Role.OWNER))
    typed = {"kind": "packet_form", "jurisdiction": "US", "lead": "A packet", "text": "We guarantee results."}
    answer = client.post(reverse("admin:clinic_wording_add"), typed)
    html = answer.content.decode()
    assert answer.status_code in {200, 422} and "guarantee" in html and "errorlist" in html
    assert not Wording.objects.filter(text="We guarantee results.").exists()


def test_lead_74_a_warning_is_told_when_the_wording_is_saved(client):
    client.force_login(make_user(Role.OWNER))
    typed = {"kind": "packet_form", "jurisdiction": "US", "lead": "A packet", "text": "Call now."}
    answer = client.post(reverse("admin:clinic_wording_add"), typed, follow=True)
    assert Wording.objects.filter(kind="packet_form", text="Call now.").exists()
    assert "Look again." in answer.content.decode()


def test_house_texts_of_the_first_run_give_no_finding(clinic):
    make_wordings()
    found = [
        (w.kind, one.pattern) for w in Wording.objects.all() for t in (w.lead, w.text) for one in claims_in(t, w.scope)
    ]
    assert found == []


TEXT = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]+>", re.DOTALL)
FORBIDDEN = re.compile(
    r"\b(?:compliant|approved by the checks|safe to publish|legally safe|cleared for publication|green shield)\b", re.I
)


APPS = ("stemsite", "articles", "studies", "leads")


def test_the_interface_never_says_compliant():
    """Section 1.2: not in templates, not in admin strings, not in mails."""
    texts = [*ROOT.glob("templates/**/*.*"), *ROOT.glob("static/stemsite/**/*.js")]
    code = [path for app in APPS for path in ROOT.glob(f"{app}/**/*.py") if "migrations" not in path.parts]
    said = [(path.name, found[0]) for path in [*texts, *code] if (found := FORBIDDEN.search(words_of(path)))]
    assert len(texts) > 50 and len(code) > 100
    assert said == []


def words_of(path):
    text = path.read_text(encoding="utf-8")
    return text if path.suffix == ".py" else TEXT.sub(" ", text)
