"""The page that asks whether another page was clear, and its thanks: no rule of the clinic lives here (PAGE-09)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from stemsite.clients import network_of
from stemsite.clinic.frame import frame
from stemsite.publishing.going_live import page_key
from stemsite.publishing.models import Page
from stemsite.publishing.simple_page import simple_page
from stemsite.serving.middleware import depends_on

from .crossing import public_form
from .feedback import Told, page_of, sections_of, tell, version_of
from .feedback_form import FeedbackForm
from .placing import PARAMETER
from .views import SEE_OTHER

CONTACT = "/contact/"
"""Where a problem with no page in particular is told."""


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def feedback(request: HttpRequest) -> HttpResponse:
    """The form for one live page, which the address names by its number, never by a word of health."""
    values = request.POST if request.method == "POST" else request.GET
    page = page_of(values.get(PARAMETER, ""))
    if page is None:
        status = SEE_OTHER if request.method == "POST" else 302
        return HttpResponse(status=status, headers={"Location": CONTACT, "Cache-Control": "no-store"})
    if request.method == "POST":
        return _answer(request, page)
    version = page.version_for_readers()
    initial = {"of": str(page.pk), "version": version.short}
    response = _rendered(request, page, FeedbackForm(initial=initial, sections=sections_of(page, version)))
    return depends_on(response, "site", page_key(page.pk), parameters=(PARAMETER,))


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """The same for everyone; nobody meets these words before their note is stored (PAGE-44)."""
    site = frame()
    view = simple_page(
        site, title="Thank you", path=request.path, description="Thank you for your note.", trail=(), noindex=True
    )
    return depends_on(render(request, "leads/feedback_thanks.html", {"site": site, "page": view}), "site")


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    version = version_of(page, request.POST.get("version", ""))
    form = FeedbackForm(request.POST, sections=sections_of(page, version))
    if not form.is_valid():
        return _again(request, page, form, 422)
    found = form.cleaned_data
    told = Told(
        page=page,
        version=version,
        section=found["section"],
        verdict=found["verdict"],
        text=found["text"],
        network_key=network_of(request),
        nonce=found["nonce"],
        trap=found["reply_code"],
        elapsed_ms=found["elapsed_ms"],
        is_bare=request.crossing.is_bare,  # type: ignore[attr-defined]
    )
    answer = tell(told)
    if answer.retry_after is None:
        return HttpResponse(
            status=SEE_OTHER, headers={"Location": reverse("leads:feedback-thanks"), "Cache-Control": "no-store"}
        )
    form.error_title = "Not sent yet: please wait a moment"
    form.add_error(None, "Many requests came from your network. Wait a few minutes and press the button again.")
    response = _again(request, page, form, 429)
    response["Retry-After"] = str(answer.retry_after)
    return response


def _again(request: HttpRequest, page: Page, form: FeedbackForm, status: int) -> HttpResponse:
    """The form with everything that was typed, and what to do about it."""
    response = _rendered(request, page, form, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _rendered(request: HttpRequest, page: Page, form: FeedbackForm, *, status: int = 200) -> HttpResponse:
    site = frame()
    title = page.version_for_readers().title
    heading = "Was this page clear?"
    view = simple_page(site, title=heading, path=request.path, description=heading, noindex=True)
    words = {"heading": heading, "introduction": "Tell us what is unclear or wrong. We do not ask who you are."}
    context = {"site": site, "page": view, "form": form, "words": words, "title": title, "url": page.live_path}
    return render(request, "leads/feedback.html", context, status=status)
