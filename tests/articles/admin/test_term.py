"""PAGE-43: terms of the glossary in the admin: written by one person, signed by another on one screen."""

from __future__ import annotations

import pytest
from django.urls import reverse

from articles.models import Term
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from tests.factories import make_article, make_reviewer, make_term, sign_and_publish
from tests.staff import form_data, save, signed_in

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/term/add/"
LIST = "/admin/articles/term/"
WORDS = {"name": "placebo", "slug": "placebo", "definition": "A pill without a drug in it."}


def at(term: Term, name: str) -> str:
    return reverse(f"admin:articles_term_{name}", args=[term.pk])


@pytest.fixture
def reviewer(clinic):
    return signed_in(user=make_reviewer().user)


def test_an_author_writes_a_reviewer_reads_and_signs_and_readers_see_it(clinic, client, reviewer):
    author = signed_in(Role.AUTHOR)
    assert save(author, ADD, **WORDS).status_code == 302
    term = Term.objects.get()
    assert term.written_by == author.user
    assert "placebo" not in client.get("/glossary/").content.decode()
    assert "waits for a signature" in reviewer.get(LIST, {"standing": "unsigned"}).content.decode()
    shown = reviewer.get(at(term, "change")).content.decode()
    assert at(term, "sign") in shown
    assert at(term, "sign") not in author.get(at(term, "change")).content.decode()
    screen = reviewer.get(at(term, "sign"))
    assert "A pill without a drug in it." in screen.content.decode()
    answer = reviewer.post(at(term, "sign"), {"digest": screen.context["digest"]})
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert "A pill without a drug in it." in client.get("/glossary/").content.decode()
    verbs = AuditEvent.objects.order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["added", "glossary term signed"]


def test_what_has_changed_is_marked_and_the_next_that_waits_follows(clinic, reviewer):
    author = signed_in(Role.AUTHOR)
    term, other = make_term(), make_term("registry", signed=False)
    save(author, at(term, "change"), definition="What people mean when they write placebo.")
    screen = reviewer.get(at(term, "sign")).content.decode()
    assert "removed: </span>say" in screen
    assert "added: </span>write" in screen
    answer = reviewer.post(at(term, "sign"), {"digest": Term.objects.get(pk=term.pk).digest})
    assert answer["Location"] == at(other, "sign")


def test_words_that_changed_meanwhile_are_not_signed(clinic, reviewer):
    term = make_term(signed=False)
    before = term.digest
    save(signed_in(Role.AUTHOR), at(term, "change"), definition="Other words.")
    answer = reviewer.post(at(term, "sign"), {"digest": before})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "changed while you read them" in shown
    assert "Other words." in shown
    assert reviewer.post(at(term, "sign"), {}).status_code == 422
    assert not Term.objects.public().exists()


def test_what_readers_see_is_taken_out_with_a_reason(clinic, client):
    term, owner = make_term(), signed_in(Role.OWNER)
    assert at(term, "withdraw") in owner.get(at(term, "change")).content.decode()
    assert owner.post(at(term, "withdraw"), {"reason": " "}).status_code == 422
    assert owner.post(at(term, "withdraw"), {"reason": "It misled people."}).status_code == 303
    assert "placebo" not in client.get("/glossary/").content.decode()
    assert owner.post(at(term, "withdraw"), {"reason": "Again."}).status_code == 422
    assert "Taken out" in owner.get(LIST, {"standing": "out"}).content.decode()


@pytest.mark.parametrize(("step", "allowed"), [("sign", {Role.REVIEWER}), ("withdraw", {Role.PUBLISHER, Role.OWNER})])
def test_each_step_is_open_to_its_role_alone(clinic, step, allowed):
    """PUB-42, SEC-11"""
    term = make_term()
    for method in ("get", "post"):
        answers = {role: getattr(signed_in(role), method)(at(term, step)).status_code for role in Role}
        assert {role for role, status in answers.items() if status != 403} == allowed
    assert signed_in(*allowed).put(at(term, step)).status_code == 405
    assert Term.objects.get().live_id == term.live_id


def test_a_claim_is_refused_beside_its_field_and_a_warning_is_told(clinic):
    """CL-20"""
    author = signed_in(Role.AUTHOR)
    refused = save(author, ADD, **{**WORDS, "definition": "Stem cells cure ALS."})
    assert refused.status_code == 200
    assert "definition" in refused.context["adminform"].form.errors
    assert not Term.objects.exists()


def test_the_anchor_of_a_public_term_is_shown_and_no_field(clinic):
    author = signed_in(Role.AUTHOR)
    assert "slug" in form_data(author.get(at(make_term("registry", signed=False), "change")))
    assert "slug" not in form_data(author.get(at(make_term(), "change")))


def test_it_says_where_it_is_used_and_is_not_deleted_once_readers_saw_it(clinic):
    """PUB-15, PUB-23"""
    page = make_article(html="<p>A placebo.</p>", title="Of pills")
    sign_and_publish(page)
    term, owner = make_term(), signed_in(Role.OWNER)
    assert "Of pills</a> (live)" in owner.get(at(term, "change")).content.decode()
    asked = owner.get(at(term, "delete")).content.decode()
    assert "Take it out of the glossary instead" in asked
    owner.post(at(term, "delete"), {"post": "yes"})
    assert Term.objects.exists()
    draft = make_term("registry", signed=False)
    assert owner.post(at(draft, "delete"), {"post": "yes"}).status_code == 302
    assert list(Term.objects.all()) == [term]


def test_pub_118_terms_are_found_from_everywhere(clinic):
    make_term(other_names="sham pill")
    found = signed_in(Role.AUTHOR).post("/admin/find/", {"words": "sham"}).content.decode()
    assert "placebo" in found
    assert "Glossary term" in found
    assert "placebo" not in signed_in(Role.COORDINATOR).post("/admin/find/", {"words": "sham"}).content.decode()


def test_what_waits_stands_on_the_first_page(clinic):
    make_term(signed=False)
    make_term("registry")
    shown = signed_in(Role.AUTHOR).get("/admin/").content.decode()
    assert "Glossary terms to sign" in shown
    assert "/admin/articles/term/?standing=unsigned" in shown
