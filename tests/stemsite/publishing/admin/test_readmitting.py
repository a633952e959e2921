"""PUB-69: posted rows whose stored row is gone."""

import pytest
from django.http import QueryDict

from stemsite.access import Role
from stemsite.publishing.admin.readmitting import readmit
from tests.factories import make_article, make_user
from tests.staff_forms import opened, save, signed_in


def posted(*rows, initial):
    data = QueryDict(mutable=True)
    data["title"] = "A title"
    data["texts-TOTAL_FORMS"], data["texts-INITIAL_FORMS"] = str(len(rows)), str(initial)
    data["texts-__prefix__-html"] = ""
    for index, (pk, html) in enumerate(rows):
        data[f"texts-{index}-id"], data[f"texts-{index}-html"] = pk, html
    return data


def test_nothing_changes_while_every_row_is_there():
    data = posted(("1", "a"), ("2", "b"), ("", "new"), initial=2)
    assert readmit(data, "texts", {"1", "2", "3"}) is data


def test_a_row_that_is_gone_becomes_a_new_one_behind_those_that_are_there():
    changed = readmit(posted(("1", "a"), ("2", "b"), ("", "new"), initial=2), "texts", {"2"})
    rows = [(changed[f"texts-{index}-id"], changed[f"texts-{index}-html"]) for index in range(3)]
    assert rows == [("2", "b"), ("", "a"), ("", "new")]
    assert (changed["texts-INITIAL_FORMS"], changed["texts-TOTAL_FORMS"]) == ("1", "3")
    assert changed["title"] == "A title"
    assert "texts-__prefix__-html" in changed


def test_a_row_deleted_by_both_stays_deleted():
    data = posted(("1", "a"), ("2", "b"), initial=2)
    data["texts-0-DELETE"] = "on"
    changed = readmit(data, "texts", {"2"})
    assert changed["texts-TOTAL_FORMS"] == "1"
    assert "texts-1-id" not in changed


@pytest.mark.django_db
@pytest.mark.parametrize("total", ["", "-1", "99999999", "²"])
@pytest.mark.parametrize("initial", ["", "99999999"])
def test_odd_management_forms_never_break_the_form(clinic, total, initial):
    editor = make_user(Role.AUTHOR)
    article = make_article(by=editor)
    client = signed_in(editor)
    prefix = "articles_textsection_set"
    odd = {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": initial}
    assert save(client, article, opened(client, article), **odd).status_code in {200, 302, 409}
