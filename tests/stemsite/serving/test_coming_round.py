"""What the page store has the worker do: no more than is switched on."""

import pytest
from django.apps import apps

ALWAYS = {"pages made ahead", "better packing of pages"}


@pytest.mark.parametrize(
    ("chosen", "besides"),
    [
        ({}, set()),
        ({"PAGES_ON_DISK": True}, {"pages on disk"}),
        ({"PAGES_ON_DISK": True, "PAGE_STORE": False}, set()),
        ({"CDN_SECONDS": 60, "CDN_PURGE_URL": "https://cdn.example/purge"}, {"aged pages of a CDN"}),
    ],
)
def test_only_what_is_on_comes_round(settings, monkeypatch, chosen, besides):
    for name, value in chosen.items():
        setattr(settings, name, value)
    names = set()
    monkeypatch.setattr("stemsite.tasks.periodic.periodic", lambda name, **rest: names.add(name))
    apps.get_app_config("serving").ready()
    assert names == ALWAYS | besides
