"""Labels, help and buttons of the forms are staff's words: versioned, heard by the checks, never missing (LEAD-12)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from leads import wordings
from leads.forms import ConsultationForm, NewsletterForm, PacketForm
from leads.views import CONSULTATION, NEWSLETTER, PACKET
from stemsite.access import Role
from stemsite.clinic.changing import add_wording
from stemsite.clinic.form_words import FIRST
from stemsite.clinic.labels import labels_in, mistakes
from stemsite.clinic.models import Wording
from stemsite.serving.models import StoredPage
from tests.factories import make_clinic, make_user
from tests.markup import tree, words
from tests.staff import form_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Kind = Wording.Kind
LABELS = {"/newsletter/": Kind.NEWSLETTER_LABELS, "/information-packet/": Kind.PACKET_LABELS}
LABELS["/consultation/"] = Kind.CONSULTATION_LABELS


def rewritten(kind: str, **lines: str) -> Wording:
    """The next version of labels, with ``lines`` in place of those of the same name."""
    old = Wording.objects.current().get(kind=kind)
    shown = {name: f"{label.text} | {label.help}".strip(" |") for name, label in labels_in(old.text).items()}
    text = "\n".join(f"{name}: {words}" for name, words in {**shown, **lines}.items())
    row = Wording(kind=kind, text=text)
    row.full_clean(exclude=["version"], validate_unique=False, validate_constraints=False)
    return add_wording(row, by=make_user(Role.PUBLISHER))


def labels_on(response) -> dict[str, str]:
    root = tree(response)
    return {label.get("for", ""): words(label) for label in root.iter("label")}


def refusal(kind: str, text: str, lead: str = "") -> str:
    with pytest.raises(ValidationError) as refused:
        Wording(kind=kind, text=text, lead=lead).clean()
    return str(refused.value.message_dict)


@pytest.mark.parametrize("path", LABELS)
def test_lead_12_labels_help_and_button_are_the_newest_of_the_admin_at_once(ask, client, path):
    client.get(path)
    assert StoredPage.objects.filter(address=path).exists()
    rewritten(LABELS[path], email="Where shall we write? | {clinic} reads it alone.", button="Off it goes")
    page = client.get(path)
    assert labels_on(page)["id_email"].startswith("Where shall we write?")
    shown = page.content.decode()
    assert "Example Clinic reads it alone." in shown and ">Off it goes</button>" in shown
    assert "E-mail address" not in labels_on(page)["id_email"]


def test_lead_12_the_help_is_read_out_with_its_field(ask, client):
    rewritten(Kind.CONSULTATION_LABELS, name="How may we call you? | Any name will do.")
    root = tree(client.get("/consultation/"))
    field = next(each for each in root.iter("input") if each.get("name") == "name")
    described = [each for each in root.iter() if each.get("id") == field.get("aria-describedby")]
    assert [words(each) for each in described] == ["Any name will do."]


def test_lead_12_a_changed_label_stands_in_the_summary_of_mistakes_too(ask):
    rewritten(Kind.NEWSLETTER_LABELS, email="Your mailbox")
    answer = ask("/newsletter/", {"email": "ann@"})
    assert answer.status_code == 422 and "Your mailbox: Write the address like this" in answer.content.decode()


def test_lead_12_the_question_about_the_condition_is_staffs_words_where_it_is_asked(ask, client):
    from tests.factories import make_guide, sign_and_publish

    sign_and_publish(make_guide(slug="als"))
    make_clinic(asks_condition=True)
    rewritten(Kind.PACKET_LABELS, condition="Which guide? | Only if you want to say.")
    page = client.get("/information-packet/")
    assert labels_on(page)["id_condition"] == "Which guide?" and b"Only if you want to say." in page.content


def test_lead_12_labels_are_text_and_never_markup(ask, client):
    rewritten(Kind.NEWSLETTER_LABELS, email="A <b>bold</b> label | Help <i>of ours</i> & more", button="Go <there>")
    shown = client.get("/newsletter/").content.decode()
    assert "<b>bold" not in shown and "<i>of" not in shown and "<there>" not in shown
    assert "A &lt;b&gt;bold&lt;/b&gt; label" in shown and "Help &lt;i&gt;of ours&lt;/i&gt; &amp; more" in shown


@pytest.mark.parametrize("text", ["FREE stem cell cure", "A stress-free treatment"])
def test_lead_12_labels_pass_the_content_checks(text):
    """What is refused is refused, what is only doubtful is said after saving."""
    from stemsite.clinic.claiming import claims_in

    line = f"email: {text}\nbutton: Send"
    wording = Wording(kind=Kind.NEWSLETTER_LABELS, text=line)
    assert wording.scope == "form" and claims_in(line, wording.scope)


def test_lead_12_a_claim_in_a_label_is_refused(ask):
    text = "email: Your address | Our stem cells cure ALS.\nbutton: Send"
    assert "cure" in refusal(Kind.NEWSLETTER_LABELS, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email: E-mail", "“button” is missing"),
        ("button: Send", "“email” is missing"),
        ("email: E-mail\nemail: Again\nbutton: Send", "more than once"),
        ("email: E-mail\nphone: Phone\nbutton: Send", "no field “phone”"),
        ("email: | Only help\nbutton: Send", "has no label"),
        ("email: " + "x" * 81 + "\nbutton: Send", "too long"),
        ("email: E-mail | " + "x" * 201 + "\nbutton: Send", "too long"),
        ("email: E-mail\nbutton: Send | now", "A button has no help"),
        ("just words\nemail: E-mail\nbutton: Send", "no field “just words”"),
    ],
)
def test_lead_12_no_field_is_ever_without_its_label(text, said):
    assert said in refusal(Kind.NEWSLETTER_LABELS, text)


def test_lead_12_labels_have_no_first_sentence():
    assert "no first sentence" in refusal(Kind.NEWSLETTER_LABELS, "email: E-mail\nbutton: Send", lead="Hello.")


@pytest.mark.parametrize("spec", [NEWSLETTER, PACKET, CONSULTATION])
def test_lead_12_the_first_versions_name_exactly_the_fields_of_the_form(spec):
    kind = wordings.LABELS[spec.words]
    assert list(mistakes(FIRST[kind][1], Wording.LABELLED[kind])) == []
    carried = {name for name in spec.form.ORDER if not name.startswith("consent_")}
    assert set(Wording.LABELLED[kind]) == carried
    assert {NewsletterForm, PacketForm, ConsultationForm} >= {spec.form}


def test_lead_12_labels_are_written_in_the_admin_as_the_next_version_and_the_old_one_stays(ask):
    publisher = signed_in(Role.PUBLISHER)
    old = Wording.objects.current().get(kind=Kind.NEWSLETTER_LABELS)
    address = reverse("admin:clinic_wording_add")
    data = form_data(publisher.get(f"{address}?after={old.pk}"))
    refused = publisher.post(address, {**data, "text": "email: E-mail"})
    assert refused.status_code == 200 and "“button” is missing" in refused.content.decode()
    assert publisher.post(address, {**data, "text": "email: Mailbox\nbutton: Send"}).status_code == 302
    new = Wording.objects.current().get(kind=Kind.NEWSLETTER_LABELS)
    assert (new.version, new.text.splitlines()[0]) == (old.version + 1, "email: Mailbox")
    old.refresh_from_db()
    assert old.text == FIRST[Kind.NEWSLETTER_LABELS][1]
