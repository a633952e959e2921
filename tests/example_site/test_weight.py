"""The guide at its first visit: few enough bytes for one round trip (PAGE-04)."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from stemsite.publishing import link_picture
from stemsite.serving import store

pytestmark = pytest.mark.django_db

ONE_ROUND_TRIP = 14_000


def test_page_04_the_guide_and_its_stylesheet_fit_one_round_trip(example):
    """As the page store and WhiteNoise send them: brotli at its best (the worker sees to that), with every part."""
    link_picture.draw_all()
    html = example.page("/conditions/als/")
    assert 'property="og:image"' in html
    (sheet,) = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', html)
    style = (Path(settings.STATIC_ROOT) / f"{sheet}.br").read_bytes()
    store.pack_better()
    stored = example.client.get("/conditions/als/", headers={"accept-encoding": "br"})
    assert store.is_on()
    assert stored["Content-Encoding"] == "br"
    assert brotli.decompress(stored.content).decode() == html
    assert len(stored.content) + len(style) <= ONE_ROUND_TRIP, (len(stored.content), len(style))
