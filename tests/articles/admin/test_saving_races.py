"""PUB-72: twenty browsers save one page from one base, with real connections and real commits."""

import threading

import pytest
from django.db import connections

from stemsite.access import Role
from stemsite.publishing.models import Page
from tests.factories import make_article, make_clinic, make_user, save_draft
from tests.staff_forms import change_url, form_of, opened, signed_in

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BROWSERS = 20


def test_of_twenty_parallel_saves_one_succeeds_and_nineteen_keep_their_text():
    make_clinic()
    article = make_article(by=make_user(Role.AUTHOR))
    save_draft(article)
    clients = [signed_in(make_user(Role.PUBLISHER)) for _ in range(BROWSERS)]
    held = [opened(client, article) for client in clients]
    gate, answers = threading.Barrier(BROWSERS), {}

    def press(index):
        typed = {
            "title": f"Title of browser {index}",
            "articles_textsection_set-0-html": f"<p>Words of browser {index}.</p>",
            "_continue": "Save version",
        }
        try:
            gate.wait()
            answers[index] = clients[index].post(change_url(article), {**held[index], **typed})
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(index,)) for index in range(BROWSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = sorted(answer.status_code for answer in answers.values())
    assert statuses == [302] + [409] * (BROWSERS - 1)
    [winner] = [index for index, answer in answers.items() if answer.status_code == 302]
    page = Page.objects.get(pk=article.pk)
    assert page.title == f"Title of browser {winner}"
    assert page.lock_version == 1
    assert page.versions.count() == 2
    for index, answer in answers.items():
        if index != winner:
            shown = form_of(answer, id="article_form")
            assert shown["title"] == f"Title of browser {index}"
            assert shown["articles_textsection_set-0-html"].strip() == f"<p>Words of browser {index}.</p>"
