"""One changed character of a signed draft, whatever path wrote it, is refused at publish (issue: Shown by)."""

import json

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import DatabaseError, transaction

from articles.models import Article, TextSection
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Version
from stemsite.serving import store
from studies.models import Condition, Reference
from tests.factories import make_guide, make_reviewer, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

REVIEWER = "Sample Signer"


@pytest.fixture
def signer(db):
    return make_reviewer(name=REVIEWER).user


def signed_again(author, signer):
    """A guide that is live, and whose next text is signed but not yet published."""
    page = make_guide(by=author)
    sign_and_publish(page, reviewer=make_reviewer(name="Sample First").user)
    TextSection.objects.filter(parent=page, role="harms").update(html="<p>The newer harms.</p>")
    version = save_draft(page)
    workflow.submit(page, by=author)
    workflow.sign(page, by=signer, version_id=version.pk)
    page.refresh_from_db()
    return page


def by_orm(page, tmp_path):
    row = TextSection.objects.get(parent=page, role="harms")
    row.html = row.html.replace("newer", "never")
    row.save()


def by_bulk_update(page, tmp_path):
    row = TextSection.objects.get(parent=page, role="harms")
    row.html = row.html.replace("newer", "never")
    TextSection.objects.bulk_update([row], ["html"])


def by_queryset_update(page, tmp_path):
    TextSection.objects.filter(parent=page, role="harms").update(html="<p>The never harms.</p>")


def by_fixture(page, tmp_path):
    rows = json.loads(serializers.serialize("json", TextSection.objects.filter(parent=page, role="harms")))
    rows[0]["fields"]["html"] = rows[0]["fields"]["html"].replace("newer", "never")
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(rows))
    call_command("loaddata", str(file), verbosity=0)


def of_the_title(page, tmp_path):
    Page.objects.filter(pk=page.pk).update(title="What is ALS.")


def of_a_condition(page, tmp_path):
    Condition.objects.update(specialist="cardiologist")


def of_a_citation(page, tmp_path):
    Reference.objects.update(title="Cells in people with ALS, trial")


def of_an_author(page, tmp_path):
    Article.objects.get(pk=page.pk).authors.clear()


CHANGES = [
    by_orm,
    by_bulk_update,
    by_queryset_update,
    by_fixture,
    of_the_title,
    of_a_condition,
    of_a_citation,
    of_an_author,
]


@pytest.mark.parametrize("change", CHANGES)
def test_publishing_refuses_a_text_that_is_not_the_signed_one(
    clinic, client, author, publisher, signer, change, tmp_path
):
    page = signed_again(author, signer)
    before = client.get("/conditions/als/").content
    change(page, tmp_path)
    with pytest.raises(Refused, match="no longer the one that was signed"):
        workflow.publish(page, by=publisher, change="minor")
    with pytest.raises(Refused, match="no longer the one that was signed"):
        scheduling.schedule_publish(page, by=publisher, due_at=page.saved_at.replace(year=2099), change="minor")
    store.forget_all()
    after = client.get("/conditions/als/").content
    assert after == before
    assert REVIEWER.encode() not in after
    workflow.saved(page, by=author)
    page.refresh_from_db()
    assert (page.draft_state, page.approved_version) == ("draft", None)
    assert not page.latest_version.sign_offs.exists()


def test_a_signed_version_cannot_be_changed_by_a_fixture(clinic, author, signer, tmp_path):
    page = signed_again(author, signer)
    rows = json.loads(serializers.serialize("json", Version.objects.filter(pk=page.approved_version_id)))
    rows[0]["fields"]["content"]["title"] = "A cure"
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(rows))
    with pytest.raises(DatabaseError), transaction.atomic():
        call_command("loaddata", str(file), verbosity=0)
    assert Version.objects.get(pk=page.approved_version_id).title == "What is ALS?"


def test_a_signature_counts_only_under_the_text_it_was_given_for(clinic, author, signer):
    from stemsite.publishing.reading import signature

    page = signed_again(author, signer)
    version = Version.objects.get(pk=page.approved_version_id)
    assert signature(version).name == REVIEWER
    version.content_hash = "0" * 64
    assert signature(version) is None
