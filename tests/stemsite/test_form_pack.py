"""Our crispy template pack: labels, hints and errors as PAGE-65 and AX-13 ask of every form."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Div, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from tests.markup import ids, links, one, tree, with_class, words


class AskForm(forms.Form):
    email = forms.EmailField(help_text="We answer to this address.")
    name = forms.CharField(label="First name", required=False)
    way = forms.ChoiceField(
        label="How may we answer?", choices=[("mail", "By e-mail"), ("phone", "By phone")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        choices=[("a", "Care"), ("b", "Research")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agree = forms.BooleanField(label="Send me the packet", help_text="You can take this back.")
    source = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.cleaned_data.get("name") == "nobody":
            raise ValidationError("We need a name.")


def rendered(data=None, layout=None, **settings):
    form = AskForm(data)
    helper = FormHelper()
    helper.disable_csrf = True
    helper.add_input(Submit("", "Send me the packet"))
    helper.layout = layout
    for name, value in settings.items():
        setattr(helper, name, value)
    html = render_crispy_form(form, helper)
    return tree(HttpResponse(f"<!doctype html><title>Form</title>{html}"))


def field(root, name):
    return root.find(f".//*[@name='{name}']")


def test_page_65_every_control_has_a_visible_label_and_required_is_a_word():
    root = rendered()
    named = {label.get("for"): words(label) for label in root.iter("label")}
    assert named["id_email"] == "Email (required)"
    assert named["id_name"] == "First name"
    controls = [element for element in root.iter("input") if element.get("type") != "hidden"]
    assert {control.get("id") for control in controls} <= set(named)


def test_page_65_the_hint_stands_before_its_field_and_belongs_to_it():
    root = rendered()
    order = list(root.iter())
    (hint, _) = with_class(root, "hint")
    email = field(root, "email")
    assert order.index(hint) < order.index(email)
    assert email.get("aria-describedby") == hint.get("id") == "id_email_helptext"


def test_radios_and_checkboxes_are_a_fieldset_with_a_legend():
    way, topics = rendered().iter("fieldset")
    assert words(way.find("legend")) == "How may we answer? (required)"
    assert [words(label) for label in way.iter("label")] == ["By e-mail", "By phone"]
    assert [box.get("type") for box in topics.iter("input")] == ["checkbox", "checkbox"]


def test_page_65_errors_stand_in_a_summary_that_takes_focus_and_at_their_fields():
    root = rendered({"name": "nobody", "email": "not an address"})
    summary = one(root, "form-errors")
    assert (summary.get("role"), summary.get("tabindex"), summary.get("autofocus")) == ("alert", "-1", "")
    assert "We need a name." in words(summary)
    targets = [href for _, href in links(summary)]
    assert targets == ["#id_email", "#id_way_0", "#id_agree"]
    assert {target[1:] for target in targets} <= set(ids(root))
    email = field(root, "email")
    assert email.get("aria-invalid") == "true"
    assert email.get("aria-describedby") == "id_email_helptext id_email_error"
    assert words(root.find(".//*[@id='id_email_error']")) == "Enter a valid email address."
    assert email.get("value") == "not an address"


def test_a_fieldset_in_error_is_described_by_its_error():
    root = rendered({"email": "a@example.org"})
    way = next(root.iter("fieldset"))
    assert way.get("aria-describedby") == "id_way_error"
    assert root.find(".//*[@id='id_way_error']") is not None


def test_a_form_without_errors_has_no_summary():
    assert not with_class(rendered(), "form-errors")


def test_the_button_says_what_it_does_and_sends_no_name_of_its_own():
    button = rendered().find(".//button")
    assert (words(button), button.get("type"), button.get("name")) == ("Send me the packet", "submit", None)


def test_hidden_fields_have_no_label_and_no_box():
    root = rendered()
    assert field(root, "source").get("type") == "hidden"
    assert "id_source" not in {label.get("for") for label in root.iter("label")}


def test_a_layout_puts_fields_into_groups():
    layout = Layout(
        Fieldset("You", "email", "name", css_id="you"),
        Div("agree", css_class="consent"),
        HTML("<p>We keep this for a year.</p>"),
        ButtonHolder(Submit("go", "Send")),
    )
    root = rendered(layout=layout, render_unmentioned_fields=False, inputs=[])
    you = root.find(".//fieldset[@id='you']")
    assert words(you.find("legend")) == "You"
    assert [control.get("name") for control in you.iter("input")] == ["email", "name"]
    assert one(root, "consent").find(".//input").get("name") == "agree"
    assert words(one(root, "buttons")) == "Send"


def test_text_of_labels_and_errors_is_text():
    class Odd(forms.Form):
        a = forms.CharField(label="<b>bold</b>")

    helper = FormHelper()
    helper.disable_csrf = True
    html = render_crispy_form(Odd({}), helper)
    assert "<b>" not in html
