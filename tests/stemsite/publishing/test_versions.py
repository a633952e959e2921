"""Versions: made once, never changed, equal everywhere (PUB-20, PUB-27, PUB-28)."""

import io
import json
from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from stemsite.access import Role
from stemsite.appendonly import AppendOnlyError
from stemsite.publishing import workflow
from stemsite.publishing.content import canonical, content_hash
from stemsite.publishing.diffing import compare
from stemsite.publishing.families import content_of, families
from stemsite.publishing.models import Page, SignOff, Transition, Use, Version, VersionWords
from stemsite.publishing.versions import is_intact
from stemsite.serving import store
from studies.models import Condition
from tests.factories import make_article, make_guide, make_study, make_user, make_wordings, save_draft, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "versions"


def test_pub_20_two_identical_saves_leave_one_version(clinic):
    article = make_article()
    first = save_draft(article)
    assert save_draft(article) == first
    assert Version.objects.filter(page_id=article.pk).count() == 1


def test_pub_20_whatever_a_save_acknowledged_stays_retrievable(clinic):
    article = make_article()
    first = save_draft(article)
    article.title = "Another title"
    article.save()
    second = save_draft(article)
    assert [first.number, second.number] == [1, 2]
    assert Version.objects.get(pk=first.pk).title != Version.objects.get(pk=second.pk).title


@pytest.fixture
def signed(clinic):
    guide = make_guide()
    sign_and_publish(guide)
    return guide


def test_pub_27_the_models_refuse_every_change(signed):
    for row in (signed.live_version, SignOff.objects.get(), Transition.objects.first()):
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()
        rows = type(row).objects.filter(pk=row.pk)
        for change in (
            lambda rows=rows: rows.update(is_sample=True),
            lambda rows=rows: rows.delete(),
            lambda rows=rows, row=row: rows.bulk_update([row], ["is_sample"]),
        ):
            with pytest.raises(AppendOnlyError):
                change()


def _refused(sql, params=()):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_pub_27_a_row_is_not_replaced_either(signed):
    table = Version._meta.db_table
    replace = {
        "sqlite": f"REPLACE INTO {table} SELECT * FROM altered",
        "postgresql": f"INSERT INTO {table} SELECT * FROM altered ON CONFLICT (id) DO UPDATE SET content = '{{}}'",
    }[connection.vendor]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE altered AS SELECT * FROM {table}")
        cursor.execute("UPDATE altered SET content = '{}'")
        cursor.execute(replace)


@pytest.mark.parametrize("model", [Version, SignOff, Transition])
def test_pub_27_the_database_refuses_every_change(signed, model):
    table = model._meta.db_table
    pk = model.objects.latest("pk").pk
    _refused(f"UPDATE {table} SET is_sample = NOT is_sample WHERE id = %s", [pk])
    _refused(f"DELETE FROM {table} WHERE id = %s", [pk])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # Else TRUNCATE stumbles over pending checks before ours.
        _refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db(transaction=True)
def test_pub_27_samples_can_be_deleted_and_nothing_else():
    make_wordings()
    kept, sample = make_article(), make_article(is_sample=True)
    save_draft(kept)
    version = save_draft(sample)
    type(sample).objects.filter(pk=sample.pk).update(latest_version=None)
    Use.objects.filter(version=version).delete()
    VersionWords.objects.filter(version=version).delete()
    Transition.objects.delete_samples()
    assert Version.objects.delete_samples() == 1
    assert list(Version.objects.values_list("page_id", flat=True)) == [kept.pk]


def test_pub_27_the_database_check_names_a_lost_trigger(db):
    from stemsite.appendonly import check_triggers

    assert check_triggers(databases=["default"]) == []
    table = Version._meta.db_table
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {table}_no_update{on}")
    [problem] = check_triggers(databases=["default"])
    assert "publishing.Version" in problem.msg


def _tamper(version, **values):
    """Change a stored version behind the triggers, as somebody with the database in hand could."""
    from stemsite import appendonly

    appendonly.lift(connection)
    with connection.cursor() as cursor:
        for column, value in values.items():
            cursor.execute(f"UPDATE {Version._meta.db_table} SET {column} = %s WHERE id = %s", [value, version.pk])
    appendonly.install(connection)


def test_pub_27_verify_versions_names_every_altered_version(signed):
    out = io.StringIO()
    call_command("verify_versions", stdout=out)
    assert "as they were stored" in out.getvalue()
    altered = signed.live_version
    content = json.loads(json.dumps(altered.content).replace("About harms", "No harms"))
    _tamper(altered, content=json.dumps(content))
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 versions"):
        call_command("verify_versions", stderr=err)
    assert f"Page {signed.pk}, version 1" in err.getvalue()


def test_pub_27_a_tampered_version_is_not_published_again(signed, publisher):
    workflow.withdraw(signed, by=publisher, kind="outdated", reason="We are looking at it.")
    _tamper(signed.live_version, content=json.dumps({**signed.live_version.content, "title": "A cure"}))
    with pytest.raises(workflow.Refused, match="fingerprint"):
        workflow.restore(signed, by=publisher)


def test_pub_27_equal_content_hashes_equally_after_export_and_import(signed, tmp_path):
    from stemsite import appendonly

    before = dict(Version.objects.values_list("pk", "content_hash"))
    dump = tmp_path / "versions.json"
    call_command("dumpdata", "publishing.version", output=str(dump))
    appendonly.lift(connection)
    call_command("loaddata", str(dump), verbosity=0)
    appendonly.install(connection)
    assert dict(Version.objects.values_list("pk", "content_hash")) == before
    assert all(is_intact(version) for version in Version.objects.all())


def test_pub_27_the_hash_does_not_depend_on_order_or_database():
    values = {"b": [1, {"z": "é", "a": None}], "a": "x"}
    assert canonical(values) == canonical(json.loads(json.dumps({"a": "x", "b": [1, {"a": None, "z": "é"}]})))
    assert content_hash(values) == "657284854e5c9082869ae5a364beeb5cbfe8e115a28fa7b39aab716141f3c8aa"


def _samples():
    """Packets have no address; theirs is opened in the tests of packets."""
    readable = [family for family in families() if family.model.HAS_ADDRESS]
    return [(family, number) for family in readable for number in range(1, family.schema + 1)]


def _stored(family, number):
    return json.loads((SAMPLES / f"{family.model.FAMILY}-{number}.json").read_text())


@pytest.mark.parametrize(
    ("family", "number"), _samples(), ids=[f"{family.model.FAMILY}-{number}" for family, number in _samples()]
)
def test_pub_28_a_version_of_every_schema_number_serves_differs_and_reverts(clinic, client, author, family, number):
    """One stored sample for each number; those that come later are kept beside these."""
    page = make_guide(by=author) if family.model.FAMILY == "article" else make_study(by=author)
    sign_and_publish(page)
    stored = _stored(family, number)
    if stored.get("primary"):
        stored["primary"]["reference"] = page.primary_id  # The sample's own paper is in another database.
    Condition.objects.filter(pk__in=[mark["id"] for mark in stored["conditions"]]).update(name="Renamed since")
    old = Version.objects.create(
        page_id=page.pk,
        number=99,
        schema=number,
        content=stored,
        content_hash=content_hash(stored),
        action="publish",
        created_at=timezone.now(),
        created_by=author,
    )
    content = family.parse(stored)
    Page.objects.filter(pk=page.pk).update(live_version=old, live_path=family.path(content), latest_version=old)
    store.forget_all()
    answer = client.get(family.path(content))
    assert answer.status_code == 200
    assert content.title in answer.content.decode()
    newer = content_of(page, page.live_version)
    assert compare(content, newer) is not None
    reverted = workflow.revert(page, by=author, to=old)
    again = content_of(page, reverted)
    assert (again.title, again.summary, [s.html for s in again.sections]) == (
        content.title,
        content.summary,
        [s.html for s in content.sections],
    )


def _lifted(values):
    """From a number 0 that never was, in which the title stood under "heading" and a section's text under "body"."""
    rest = {name: value for name, value in values.items() if name != "heading"}
    sections = [{("html" if name == "body" else name): value for name, value in section.items()}
                for section in rest["sections"]]  # fmt: skip
    return {**rest, "schema": 1, "title": values["heading"], "sections": sections}


def test_pub_28_a_number_whose_shape_was_another_is_lifted_wherever_it_is_read(clinic, client, monkeypatch):
    """The way an older number takes: stored and signed as it was, lifted to serve, preview, differ and revert."""
    from articles import content as articles_content
    from articles.models import Article, TextSection

    author = make_user(Role.AUTHOR)
    page = make_article(by=author, title="Its title today", html="<p>Its text today.</p>")
    sign_and_publish(page)
    today = page.live_version.content
    stored = {name: value for name, value in today.items() if name != "title"}
    stored |= {
        "schema": 0,
        "heading": "Its title long ago",
        "sections": [
            {("body" if name == "html" else name): value for name, value in section.items()}
            for section in today["sections"]
        ],
    }
    stored["sections"][0]["body"] = "<p>Its text long ago.</p>"
    old = Version.objects.create(
        page_id=page.pk,
        number=99,
        schema=0,
        content=stored,
        content_hash=content_hash(stored),
        action="publish",
        created_at=timezone.now(),
        created_by=author,
    )
    with pytest.raises(msgspec.ValidationError):
        content_of(page, old)
    monkeypatch.setattr(articles_content, "UPGRADES", {0: _lifted})

    Page.objects.filter(pk=page.pk).update(live_version=old, latest_version=old)
    store.forget_all()
    public = client.get(page.live_path).content.decode()
    assert "Its title long ago" in public
    assert "Its text long ago." in public
    staff = signed_in(make_user(Role.PUBLISHER))
    preview = staff.get(f"/admin/versions/{old.pk}/").content.decode()
    assert "Its text long ago." in preview
    difference = staff.get(f"/admin/versions/{page.live_version_id}/{old.pk}/").content.decode()
    assert "long ago" in difference

    reverted = workflow.revert(page, by=author, to=old)
    assert (reverted.schema, reverted.content["title"]) == (1, "Its title long ago")
    assert Article.objects.get(pk=page.pk).title == "Its title long ago"
    assert TextSection.objects.get(parent_id=page.pk).html == "<p>Its text long ago.</p>"
    old.refresh_from_db()
    assert old.content == stored, "what was stored, and signed, stays as it was"
    assert is_intact(old)
