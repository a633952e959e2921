"""What every test stands on: a data folder of its own, collected static files, no open page store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.browser.example_site"]

ROOT = Path(__file__).resolve().parent.parent
TEST_DATA = ROOT / ".test" / "data"

# Examples by chance are the same in each run, so that a change is judged by what it changed; `make durability` looks
# for new ones.
settings.register_profile("repeatable", derandomize=True, max_examples=150, deadline=None)
settings.register_profile("explore", max_examples=3000, deadline=None, print_blob=True)
settings.load_profile("repeatable")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the test's own thread.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--strict-skips", action="store_true", help="fail when a test had to be skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped, and why: nothing is skipped quietly."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)})
    for reason in reasons:
        terminalreporter.write_line(f"skipped: {reason.removeprefix('Skipped: ')}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--strict-skips") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    """Collect static files once, so that tests see the hashed names that readers see."""
    if hasattr(config, "workerinput"):
        return
    from django.core.management import call_command

    TEST_DATA.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _flush_lifts_triggers() -> None:
    """Tests with real commits empty the tables afterwards; ``post_migrate`` then makes the triggers anew."""
    from django.core.management.commands import flush
    from django.db import connections

    from stemsite import appendonly

    handle = flush.Command.handle

    def lifted(self, **options):
        appendonly.lift(connections[options["database"]])
        return handle(self, **options)

    flush.Command.handle = lifted


@pytest.fixture(autouse=True)
def _numbers_from_one() -> None:
    from tests.factories.numbers import Numbers

    Numbers.all_start_again()


@pytest.fixture(autouse=True)
def _in_the_zone_of_the_clinic() -> Iterator[None]:
    """A test and the requests it makes agree on what day it is, at whatever hour they run."""
    from django.utils import timezone

    with timezone.override("America/New_York"):
        yield


@pytest.fixture(autouse=True)
def _what_lasts_is_made_anew() -> None:
    """A database that was emptied counts its changes from nothing again."""
    from stemsite.serving import lasting

    lasting.forget_all()


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _fast_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clinic(db):
    from tests.factories import make_clinic, make_wordings

    make_wordings()
    return make_clinic()


@pytest.fixture
def author(db):
    from stemsite.access import Role
    from tests.factories import make_user

    return make_user(Role.AUTHOR)


@pytest.fixture
def publisher(db):
    from stemsite.access import Role
    from tests.factories import make_user

    return make_user(Role.PUBLISHER)


@pytest.fixture
def reviewer(db):
    """The account of a medical reviewer with a valid credential."""
    from tests.factories import make_reviewer

    return make_reviewer().user


@pytest.fixture
def owner(db):
    from stemsite.access import Role
    from tests.factories import make_user

    return make_user(Role.OWNER)


@pytest.fixture
def served(client) -> Iterator[object]:
    """Answers of the public site, as a reader without any cookie gets them."""
    yield client


@pytest.fixture
def picture(db):
    """Makes one picture file after another, each of its own picture."""
    import itertools

    from stemsite.images.models import Picture, PictureFile

    numbers = itertools.count(1)

    def make(name: str = "A drawn spine") -> PictureFile:
        path = f"pictures/test{next(numbers)}.jpg"
        file = PictureFile.objects.create(
            picture=Picture.objects.create(name=name), path=path, sha256="0" * 64, width=800, height=600
        )
        file.picture.current = file
        file.picture.save()
        return file

    return make
