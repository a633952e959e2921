"""The sitemap: live, indexable, canonical addresses; ``lastmod`` is the day of the last major change (SD-06)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.models import Page, Use
from stemsite.publishing.reading import local_day
from stemsite.serving.middleware import depends_on

from . import glossary
from .models import Term

LISTS = ("/", "/conditions/", "/blog/", "/studies/", "/contact/", "/corrections/")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    site = frame()
    rows = (
        Page.objects.addressed()
        .filter(public_state=Page.PublicState.LIVE)
        .order_by("live_path")
        .values_list("live_path", "updated_at")[:50_000]
    )
    urls = [f"<url><loc>{escape(site.url + path)}</loc></url>" for path in LISTS]
    if reviewed := Term.objects.public().aggregate(on=Max("live__reviewed_on"))["on"]:
        urls.append(f"<url><loc>{escape(site.url)}/glossary/</loc><lastmod>{reviewed}</lastmod></url>")
    urls += [
        f"<url><loc>{escape(f'{site.url}{path}')}</loc><lastmod>{local_day(updated)}</lastmod></url>"
        for path, updated in rows
    ]
    urls += [f"<url><loc>{escape(f'{site.url}{path}evidence/')}</loc></url>" for path in _with_evidence()]
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</urlset>\n'
    )
    response = HttpResponse(body, content_type="application/xml; charset=utf-8")
    return depends_on(response, "site", "list:articles", "list:studies", glossary.SHOWN)


def _with_evidence() -> list[str]:
    """Addresses of the condition guides behind which a table of studies stands."""
    guides = Page.objects.filter(
        public_state=Page.PublicState.LIVE,
        live_kind="guide",
        live_path__startswith="/conditions/",
        live_version__uses__kind=Use.Kind.CONDITION,
    )
    paths = guides.order_by("live_path").values_list("live_path", flat=True).distinct()
    return [path for path in paths if path]
