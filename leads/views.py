"""The three forms and their thanks pages: no rule of the clinic lives here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from stemsite.clients import network_name, network_of
from stemsite.clinic.changing import wording_key
from stemsite.clinic.error_pages import error_page
from stemsite.clinic.frame import Frame, frame
from stemsite.clinic.models import Clinic, Wording
from stemsite.publishing.simple_page import simple_page
from stemsite.serving.middleware import depends_on

from .capture import Answer, Asked, capture
from .crossing import public_form
from .forms import CARRIED, ConsultationForm, NewsletterForm, PacketForm, PublicForm
from .models import Enquiry, PacketRequest, SignUp
from .offline import form_without_database
from .placing import PARAMETER, Place, guide_choices, place_at, place_of
from .source import source_of
from .wordings import form_words, next_steps

Kind = Wording.Kind

MOST_BYTES = 64 * 1024
READABLE_BYTES = 1024 * 1024
"""What is longer than a form may be is still read up to here, to give the text back (LEAD-07)."""

SEE_OTHER = 303

NOT_NOW = "We take no requests over this site now. Your text is still below: keep a copy, or reach us directly."


def nothing_more() -> dict[str, Any]:
    return {}


def conditions() -> dict[str, Any]:
    return {"conditions": guide_choices() if Clinic.current().asks_condition else ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One of the three forms."""

    name: str
    form: type[PublicForm]
    words: str
    done: str
    options: Callable[[], dict[str, Any]] = field(default=nothing_more)
    keys: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"/{self.name}/"


NEWSLETTER = Spec(name=SignUp.FORM, form=NewsletterForm, words=Kind.NEWSLETTER_FORM, done=Kind.NEWSLETTER_DONE)
PACKET = Spec(
    name=PacketRequest.FORM,
    form=PacketForm,
    words=Kind.PACKET_FORM,
    done=Kind.PACKET_DONE,
    options=conditions,
    keys=("list:guide", "list:packets"),
)
CONSULTATION = Spec(name=Enquiry.FORM, form=ConsultationForm, words=Kind.CONSULTATION_FORM, done=Kind.CONSULTATION_DONE)


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def newsletter(request: HttpRequest) -> HttpResponse:
    return _form_page(request, NEWSLETTER)


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def information_packet(request: HttpRequest) -> HttpResponse:
    return _form_page(request, PACKET)


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def consultation(request: HttpRequest) -> HttpResponse:
    return _form_page(request, CONSULTATION)


@require_safe
def thanks(request: HttpRequest, spec: Spec) -> HttpResponse:
    """The same for everyone; nobody meets these words before their request is stored (PAGE-44)."""
    site = frame()
    clinic = Clinic.current()
    heading, steps = next_steps(spec.done, clinic=site.name)
    page = simple_page(site, title=heading, path=f"{spec.path}thanks/", description=heading, trail=(), noindex=True)
    context = {"site": site, "page": page, "heading": heading, "steps": steps, "spec": spec, "clinic": clinic}
    context["sender"] = settings.DEFAULT_FROM_EMAIL
    return depends_on(render(request, "leads/thanks.html", context), "site", wording_key(spec.done))


# -- answering ----------------------------------------------------------------------------


def _form_page(request: HttpRequest, spec: Spec) -> HttpResponse:
    if request.method != "POST":
        return _paused(request, spec) if frame().is_paused else _empty_form(request, spec)
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > READABLE_BYTES:
        return error_page(413, advice="Go back and shorten what you wrote, or call us.")
    try:
        return _answer(request, spec, too_long=length > MOST_BYTES)
    except DatabaseError:
        # Nothing was stored, and it must not look as if it was (LEAD-01).
        return form_without_database(spec.form, spec.words, request.POST, path=spec.path)


def _empty_form(request: HttpRequest, spec: Spec) -> HttpResponse:
    number = request.GET.get(PARAMETER, "")
    place = place_of(number) if number else Place()
    if place is None:
        return HttpResponseRedirect(spec.path)
    site = frame()
    form = _form(spec, site, carried=place.carried)
    response = _rendered(request, spec, site, form, place)
    keys = ("site", *form.words.keys, *spec.keys, *place.keys)
    return depends_on(response, *keys, parameters=(PARAMETER,))


def _paused(request: HttpRequest, spec: Spec) -> HttpResponse:
    """What stands at a form's address while requests are not taken (PAGE-08)."""
    site = frame()
    words = form_words(spec.words, spec.form.CONSENTS, clinic=site.name)
    page = simple_page(site, title=words.heading, path=spec.path, description=words.introduction, noindex=True)
    response = render(request, "leads/paused.html", {"site": site, "page": page})
    return depends_on(response, "site", *words.keys)


def _answer(request: HttpRequest, spec: Spec, *, too_long: bool) -> HttpResponse:
    site = frame()
    form = _form(spec, site, data=request.POST)
    if site.is_paused:
        return _again(request, spec, site, form, 503, NOT_NOW, title="This was not sent")
    if too_long:
        return _again(request, spec, site, form, 413, "This is too long to send. Please shorten what you wrote.")
    if not form.is_valid():
        return _again(request, spec, site, form, 422)
    answer = capture(_asked(request, spec, form))
    if answer.retry_after is not None:
        return _too_often(request, spec, site, form, answer)
    response = HttpResponse(status=SEE_OTHER, headers={"Location": reverse(f"leads:{spec.name}-thanks")})
    response["Cache-Control"] = "no-store"
    return response


def _form(
    spec: Spec, site: Frame, *, data: QueryDict | None = None, carried: dict[str, str] | None = None
) -> PublicForm:
    words = form_words(spec.words, spec.form.CONSENTS, clinic=site.name)
    return spec.form(data, words=words, carried=carried, **spec.options())


def _asked(request: HttpRequest, spec: Spec, form: PublicForm) -> Asked:
    found = form.cleaned_data
    source = source_of({name: found[name] for name in CARRIED})
    values = {name: found.get(name, "") for name in ("email", "name", "phone", "message", "best_time", "condition")}
    return Asked(
        form=spec.name,
        network=network_name(request),
        network_key=network_of(request),
        contact_by=found.get("contact_by", ""),
        packet=place_at(source.get("page", "")).guide if spec is PACKET else "",
        consents=form.consents(),
        wordings=form.wordings,
        source=source,
        nonce=found["nonce"],
        trap=found["reply_code"],
        elapsed_ms=found["elapsed_ms"],
        is_bare=request.crossing.is_bare,  # type: ignore[attr-defined]
        is_way_on="way_on" in request.POST and bool(found.get("email")),
        **values,
    )


def _too_often(request: HttpRequest, spec: Spec, site: Frame, form: PublicForm, answer: Answer) -> HttpResponse:
    """Never a dead end: the text, the phone number, and a link by mail that sends it off (LEAD-29, LEAD-30)."""
    words = "Many requests came from your network. Wait a few minutes and press the button again."
    form.way_on = bool(form.cleaned_data.get("email"))
    response = _again(request, spec, site, form, 429, words, title="Not sent yet: please wait a moment")
    response["Retry-After"] = str(answer.retry_after)
    return response


def _again(
    request: HttpRequest, spec: Spec, site: Frame, form: PublicForm, status: int, words: str = "", title: str = ""
) -> HttpResponse:
    """The form with everything that was typed, and what to do about it."""
    if words:
        form.add_error(None, words)
    form.error_title = title
    form.show_todays_words()
    place = place_at(source_of({"page": str(form.data.get("page", ""))}).get("page", ""))
    response = _rendered(request, spec, site, form, place, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _rendered(
    request: HttpRequest, spec: Spec, site: Frame, form: PublicForm, place: Place, *, status: int = 200
) -> HttpResponse:
    heading = form.words.heading
    page = simple_page(site, title=heading, path=spec.path, description=form.words.introduction, noindex=status != 200)
    context = {"site": site, "page": page, "form": form, "spec": spec, "place": place, "words": form.words}
    return render(request, f"leads/{spec.name.replace('-', '_')}.html", context, status=status)
