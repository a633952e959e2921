"""Previews alone may stand in a frame, and only in one of our own pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

View = Callable[..., HttpResponse]


def framed_by_us(view: View) -> View:
    policy = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}
    return never_cache(xframe_options_sameorigin(csp_override(policy)(view)))
