"""The example site, loaded once for each module of tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client, override_settings

from articles.content import ArticleContent, article_content
from articles.models import Article
from stemsite.example_site.loading import load
from stemsite.publishing.models import Page
from studies.content import StudyContent, study_content
from studies.models import Study

PAGES = 17
"""Five studies, ten pages, two packets."""

FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def counts() -> dict[str, int]:
    """How many rows every table holds."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


@dataclass(frozen=True, slots=True)
class Example:
    """What readers get of the example site; nothing may be changed through it."""

    client: Client

    def page(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    def paths(self) -> list[str]:
        return list(Page.objects.live().addressed().order_by("live_path").values_list("live_path", flat=True))

    def studies(self) -> dict[str, StudyContent]:
        live = Study.objects.filter(public_state="live").select_related("live_version")
        return {study.slug: study_content(study.live_version.content) for study in live}

    def articles(self) -> dict[str, ArticleContent]:
        live = Article.objects.filter(public_state="live").select_related("live_version")
        return {article.slug: article_content(article.live_version.content) for article in live}


@pytest.fixture(scope="module")
def example(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("example")
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=FAST, DATA_DIR=folder),
        transaction.atomic(),
    ):
        load("samples")
        yield Example(Client())
        transaction.set_rollback(True)


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """A data folder of its own, so that no test finds another's sample login."""
    settings.DATA_DIR = tmp_path
    return tmp_path
