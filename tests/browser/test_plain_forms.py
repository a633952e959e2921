"""Forms of the staff site that are no page: after a failed save the focus is on a summary that leads to the fields."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from stemsite.access import Role
from tests.factories import make_clinic, make_reference, make_user, make_wordings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(page: Page, log_in):
    make_wordings()
    make_clinic()
    log_in(make_user(Role.OWNER, Role.PUBLISHER))
    return page


def test_pub_116_an_invitation_that_lacks_things_names_them_and_leads_to_each(owner: Page):
    owner.goto("/admin/accounts/invitation/add/")
    owner.fill("[name=first_name]", "Ada")
    owner.locator("input[type=submit]").click()
    summary = owner.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Everything you typed is still here")
    assert owner.title().startswith("Not saved")
    expect(owner.locator(".errornote")).to_have_count(0)
    summary.get_by_role("link", name="E-mail").click()
    expect(owner.locator("[name=email]")).to_be_focused()
    assert owner.input_value("[name=first_name]") == "Ada"


def test_pub_116_a_source_that_lacks_things_too(owner: Page):
    reference = make_reference()
    owner.goto(f"/admin/studies/reference/{reference.pk}/change/")
    owner.fill("[name=title]", "")
    owner.fill("[name=authors]", "Smith,")
    owner.locator("[name=_save]").click()
    links = owner.locator(".error-summary a")
    expect(links).to_have_count(2)
    links.nth(1).click()
    expect(owner.locator("[name=authors]")).to_be_focused()
