"""What staff wait for: the form of a long article, its save, its publication, and a comparison of long texts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

SECTIONS = 30
ROUNDS = 20
WORDS = 10_000


def staff() -> None:
    """Times of the clock and of the processor: the bars are of the clock, on a machine that does nothing else."""
    from django.conf import settings
    from django.test import Client

    from stemsite.accounts.models import User
    from tests.staff_forms import change_url, opened, save

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    publisher = User.objects.get(email="publisher@example.org")
    client = Client()
    client.force_login(publisher)
    article = long_article(publisher)
    print(f"\nStaff at an article of {SECTIONS} sections (p95 of {ROUNDS})")
    show("open the form", 400, lambda _: client.get(change_url(article)))
    held: dict[str, Any] = {}

    def reopen() -> None:
        held.update(opened(client, article))

    def save_once(number: int) -> None:
        answer = save(client, article, held, summary=f"Saved {number}.")
        assert answer.status_code == 302, answer.status_code

    show("save a version", 300, save_once, prepare=reopen)
    publish(article, publisher)
    differences(client, publisher)


def long_article(by: Any) -> Any:
    from articles.models import Article, TextSection
    from stemsite.clinic.models import Person
    from stemsite.publishing import workflow
    from studies.models import Reference

    article = Article.objects.create(
        title="A long article", slug="a-long-article", summary="For the bench.", kind="article", created_by=by
    )
    article.authors.set(Person.objects.filter(is_author=True)[:1])
    cited = [f'<cite data-ref="{pk}"></cite>' for pk in Reference.objects.values_list("pk", flat=True)[:5]]
    for number in range(SECTIONS):
        TextSection.objects.create(
            parent=article,
            region="main",
            ordering=10 * number,
            heading=f"Part {number}",
            html=f"<p>{'Plain words on the matter. ' * 12}{cited[number % len(cited)]}</p>" * 2,
        )
    workflow.saved(article, by=by)
    article.refresh_from_db()
    return article


def publish(article: Any, by: Any) -> None:
    """From the press of the button to the new page before readers."""
    from django.test import Client

    from stemsite.accounts.models import User
    from stemsite.publishing import workflow

    reviewer = User.objects.get(email="reviewer@example.org")
    reader = Client()

    def prepare() -> None:
        article.refresh_from_db()
        article.title = f"A long article {time.monotonic_ns()}"
        article.save()
        version = workflow.submit(article, by=by)
        workflow.sign(article, by=reviewer, version_id=version.pk)

    def press(_: int) -> None:
        workflow.publish(article, by=by, change="major", note="What is new.")
        article.refresh_from_db()
        assert article.title in reader.get(article.live_path).content.decode()

    show("publish, and read it live", 1000, press, prepare=prepare)


def differences(client: Any, by: Any) -> None:
    """Two versions of 10,000 words through the screen that staff look at, once in 30 sections and once in one."""
    from django.urls import reverse

    for sections in (SECTIONS, 1):
        old, new = two_versions(by, sections)
        address = reverse("admin:publishing_diff", args=[old.pk, new.pk])

        def compare(_: int, address: str = address) -> None:
            shown = client.get(address).content.decode()
            assert "other17" in shown and "word17" in shown

        show(f"compare {WORDS:,} words in {sections}", 1000, compare)


def two_versions(by: Any, sections: int) -> tuple[Any, Any]:
    """Every 17th word is another one in the newer version."""
    from articles.models import Article, TextSection
    from stemsite.publishing import workflow

    article = Article.objects.create(
        title=f"Words in {sections}",
        slug=f"words-in-{sections}",
        summary="For the bench.",
        kind="article",
        created_by=by,
    )
    each = WORDS // sections
    for number in range(sections):
        TextSection.objects.create(parent=article, region="main", ordering=10 * number, heading=f"Part {number}")

    def write(word: Callable[[int], str]) -> Any:
        rows = TextSection.objects.filter(parent=article).order_by("ordering")
        for index, row in enumerate(rows):
            words = [word(number) for number in range(index * each, (index + 1) * each)]
            paragraphs = (" ".join(words[start : start + 80]) for start in range(0, each, 80))
            row.html = "".join(f"<p>{text}.</p>" for text in paragraphs)
            row.save()
        return workflow.saved(article, by=by)

    old = write(lambda number: f"word{number % 700}")
    return old, write(lambda number: f"word{number % 700}" if number % 17 else f"other{number}")


def show(name: str, bar: int, work: Callable[[int], object], *, prepare: Callable[[], object] | None = None) -> None:
    waited, spent = [], []
    for number in range(ROUNDS):
        if prepare is not None:
            prepare()
        clock, cpu = time.perf_counter(), time.process_time()
        work(number)
        waited.append((time.perf_counter() - clock) * 1000)
        spent.append((time.process_time() - cpu) * 1000)
    late = statistics.quantiles(waited, n=20)[-1]
    cpu = statistics.quantiles(spent, n=20)[-1]
    print(f"  {name:<28} {late:7.0f} ms on the clock, {cpu:6.0f} ms of CPU (bar: {bar} ms)")
