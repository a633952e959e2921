"""Clauses of the desk's statements, each by itself (PUB-24, 25, 47, 50, 106, 109, 113, 141, 144)."""

import datetime

import pytest
from django.utils import timezone

from articles.models import FigureSection, TextSection
from leads.models import Enquiry
from stemsite.access import Role
from stemsite.mail.models import Delivery
from stemsite.publishing import nightly, second_look, trash, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Comment, Link, LinkUse, Page, Schedule
from studies.integrity import end_event, record_event
from studies.models import Reference
from tests.factories import (
    make_article,
    make_enquiry,
    make_guide,
    make_reference,
    make_reviewer,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.staff_forms import change_url, opened, save, signed_in, step

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Eda", last_name="Editor")


@pytest.fixture
def reviewer(clinic):
    return make_reviewer().user


@pytest.mark.parametrize("what", ["retired", "retracted"])
def test_pub_24_going_back_to_a_lost_source_works_and_warns_and_publishing_waits(editor, what):
    paper = make_reference(title="A trial that was trusted")
    article = make_article(by=editor, html=f'<p>So it was.<cite data-ref="{paper.pk}"></cite></p>')
    first = save_draft(article)
    TextSection.objects.filter(parent=article).update(html="<p>Nothing is cited.</p>")
    save_draft(article)
    if what == "retired":
        Reference.objects.filter(pk=paper.pk).update(is_retired=True)
    else:
        record_event(paper, kind="retracted", source="pubmed", by=editor)
    client = signed_in(editor)
    answer = client.post(f"/admin/versions/{first.pk}/revert/", follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert "The draft says what version 1 says." in said[0]
    assert what in said[1] and "cannot be published as it stands" in said[1]
    article.refresh_from_db()
    assert article.latest_version.content_hash == first.content_hash
    with pytest.raises(Refused, match=what):
        workflow.submit(article, by=editor)


def test_pub_24_going_back_to_what_may_be_published_warns_of_nothing(editor):
    article = make_article(by=editor)
    first = save_draft(article)
    article.title = "Another title"
    article.save()
    save_draft(article)
    answer = signed_in(editor).post(f"/admin/versions/{first.pk}/revert/", follow=True)
    assert len(list(answer.context["messages"])) == 1


def links_to_differences(user, page):
    """Each comparison that the screen offers: its words, and what the difference says in its title."""
    client = signed_in(user)
    offered = client.get(f"/admin/pages/{page.pk}/").context["comparisons"]
    newest = Page.objects.get(pk=page.pk).latest_version_id
    found = {}
    for words, base in offered:
        shown = client.get(f"/admin/versions/{base.pk}/{newest}/")
        assert shown.status_code == 200
        [title] = [passage for passage in shown.context["difference"].facts if passage.label == "title"]
        found[words] = "".join(piece.text for piece in title.pieces if piece.op == "removed").split()
    return found


def test_pub_25_draft_against_live_signature_and_submission_are_offered_and_told(editor, reviewer):
    """PUB-47 too: after a resubmission stands what changed since the submission before."""
    article = make_article(by=editor, title="First")
    sign_and_publish(article, by=editor, reviewer=reviewer)

    def write(title):
        article.title = title
        article.save()
        save_draft(article)

    write("Second")
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=reviewer, version_id=version.pk)
    workflow.request_changes(article, by=reviewer, reason="One more look.")
    write("Third")
    workflow.submit(article, by=editor)
    workflow.request_changes(article, by=reviewer, reason="And one more.")
    write("Fourth")
    workflow.submit(article, by=editor)
    assert links_to_differences(reviewer, article) == {
        "since your last signature": ["Second"],
        "since the submission before": ["Third"],
        "since what is live": ["First"],
    }
    assert links_to_differences(editor, article)["since the last signature"] == ["Second"]


def test_pub_47_the_reason_is_mailed_and_pinned_on_the_form_until_the_text_goes_back(editor, reviewer):
    article = make_article(by=editor)
    workflow.submit(article, by=editor)
    workflow.request_changes(article, by=reviewer, reason="Say how many people took part.")
    letter = Delivery.objects.of_kind("changes_wanted").get()
    assert (letter.to, "Say how many people took part." in letter.text) == (editor.email, True)
    client = signed_in(editor)
    form = client.get(change_url(article)).content.decode()
    assert form.index("Say how many people took part.") < form.index('name="title"')
    workflow.submit(article, by=editor)
    assert "Say how many people took part." not in client.get(change_url(article)).content.decode()


def test_pub_50_the_flag_leaves_the_list_once_somebody_else_has_looked(editor):
    article = make_article(by=editor)
    save_draft(article)
    second_look.force_publish(article, by=editor, reason="It cannot wait.", change="major")
    other = signed_in(make_user(Role.PUBLISHER))
    listed = "/admin/publishing/page/"
    assert "published by force" in other.get(listed).content.decode()
    assert step(other, article, "second-look", note="I read it against the record.").status_code == 303
    assert "published by force" not in other.get(listed).content.decode()


def test_pub_106_comments_come_back_with_the_page_and_enquiries_keep_its_name(editor):
    article = make_article(by=editor)
    save_draft(article)
    comment = Comment.objects.create(page=article, text="Which trial?", made_by=editor)
    reply = Comment.objects.create(page=article, text="The first.", made_by=editor, reply_to=comment)
    named = {"page": f"/blog/{article.slug}/", "placement": "link"}
    enquiry = make_enquiry(source=named)
    trash.discard(article, by=editor)
    assert Enquiry.objects.get(pk=enquiry.pk).source == named
    trash.take_out(article, by=editor)
    assert list(Comment.objects.order_by("pk").values_list("pk", "text", "reply_to")) == [
        (comment.pk, "Which trial?", None),
        (reply.pk, "The first.", comment.pk),
    ]
    assert Enquiry.objects.get(pk=enquiry.pk).source == named


def problems(user, page, address="/admin/publishing/page/"):
    rows = signed_in(user).get(address).context["cl"].result_list
    return next(row.problems for row in rows if row.pk == page.pk)


def test_pub_113_lists_say_what_is_wrong_with_a_page(editor):
    """Links, sources, what the night heard, a publication that failed; and nothing where nothing is."""
    paper = make_reference()
    html = f'<p>Exosomes and mobility go together.</p><p>So it is.<cite data-ref="{paper.pk}"></cite></p>'
    article, other = make_article(by=editor, html=html), make_article(by=editor)
    for page in (article, other):
        sign_and_publish(page, by=editor)
    assert problems(editor, article) == problems(editor, other) == ()
    today = timezone.localdate()
    link = Link.objects.create(target="https://gone.example/", failed_days=3, failing_since=today)
    LinkUse.objects.create(link=link, page=article, text="gone")
    event = record_event(paper, kind="concern", source="pubmed", by=editor)
    nightly.hear_live_pages()
    expected = ("source: expression of concern", "1 broken link", "1 finding on the live text")
    for address in ("/admin/publishing/page/", "/admin/articles/article/"):
        assert problems(editor, article, address) == expected
        assert problems(editor, other, address) == ()
    assert (
        "1 broken link, 1 finding on the live text"
        in signed_in(editor).get("/admin/articles/article/").content.decode()
    )
    end_event(event, by=editor, because="Lifted.")
    assert problems(editor, article) == expected[1:]


def test_pub_113_a_publication_that_failed_is_a_problem_until_it_is_settled(editor, reviewer):
    article = make_article(by=editor)
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=reviewer, version_id=version.pk)
    article.refresh_from_db()
    Schedule.objects.create(
        page=article, what="publish", version=article.approved_version, due_at=timezone.now(), state="failed",
        scheduled_by=editor, outcome="A source was retracted.",
    )  # fmt: skip
    assert problems(editor, article) == ("failed to publish",)
    workflow.publish(article, by=editor, change="major")
    assert problems(editor, article) == ()


def test_pub_144_words_for_a_picture_are_corrected_at_once_and_another_picture_is_not(editor, reviewer, picture):
    guide = make_guide()
    figure = FigureSection.objects.create(
        parent=guide, region="main", ordering=99, picture=picture().picture, alt="A nerve", caption="Nerves."
    )
    sign_and_publish(guide, reviewer=reviewer)
    figure.alt = "A nerve cell beside a muscle"
    figure.save()
    save_draft(guide)
    second_look.publish_correction(guide, by=editor)
    live = Page.objects.get(pk=guide.pk).live_version
    assert "A nerve cell beside a muscle" in str(live.content)
    figure.picture = picture().picture
    figure.save()
    save_draft(guide)
    with pytest.raises(Refused, match="This needs the reviewer"):
        second_look.publish_correction(guide, by=editor)


def test_pub_144_a_harmless_correction_passes_every_block_of_the_gate_anew(editor, reviewer):
    """A source that was retracted since stops even a comma."""
    paper = make_reference()
    guide = make_guide(citing=paper.pk)
    section = TextSection.objects.get(parent=guide, role="what it is")
    section.html = "<p>Families ask many questions . It helps.</p>"
    section.save()
    sign_and_publish(guide, reviewer=reviewer)
    record_event(paper, kind="retracted", source="pubmed", by=editor)
    section.html = "<p>Families ask many questions. It helps.</p>"
    section.save()
    save_draft(guide)
    before = Page.objects.get(pk=guide.pk).live_version_id
    with pytest.raises(Refused, match="retracted"):
        second_look.publish_correction(guide, by=editor)
    assert Page.objects.get(pk=guide.pk).live_version_id == before


def test_saving_is_possible_while_a_list_of_problems_is_long(editor):
    """PUB-05: what is wrong stops no save."""
    article = make_article(by=editor, html='<p>It helps.<cite data-ref="4711"></cite></p>')
    save_draft(article)
    client = signed_in(editor)
    assert save(client, article, opened(client, article), summary="").status_code == 302
    assert datetime.timedelta(0) <= timezone.now() - Page.objects.get(pk=article.pk).saved_at
