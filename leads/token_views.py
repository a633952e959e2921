"""Pages behind links in letters: reading them changes nothing, a button does (LEAD-44 to LEAD-51, PAGE-45, PAGE-46).

The token is the authority, so these pages need no other proof and are outside the table of ``crossing``.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stemsite import token_pages
from stemsite.clients import network_of
from stemsite.clinic.frame import frame
from stemsite.publishing.simple_page import simple_page
from stemsite.token_pages import View
from stemsite.tokens import TokenRefused

from . import holding, letters, limits, links, subscribing
from .erasing import ask_for_data, ask_for_erasure
from .letting_through import release
from .models import Request, Subscription
from .reaching import usable_email

State = Subscription.State

ONE_CLICK = ("List-Unsubscribe", "One-Click")


def token_page(view: View) -> View:
    """A page behind a link in a letter; a link that is over is answered like one that never was."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TokenRefused:
            return _page(request, "neutral", "This link does not work any more")

    return token_pages.token_page(guarded)


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    site = frame()
    page = simple_page(site, title=title, path="/", description=title, trail=(), noindex=True)
    return render(request, f"leads/token/{name}.html", {**context, "site": site, "page": page, "heading": title})


@token_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """“Yes, put me on the list”, or “Yes, send my request off”."""
    if token[:1] in links.HELD:
        return _send_off(request, token)
    subscription = links.subscription_of(links.CONFIRM, token)
    if subscription.state == State.CONFIRMED:
        return _page(request, "confirm_done", "You have confirmed already", again=True)
    if subscription.state != State.PENDING:
        raise TokenRefused
    if request.method != "POST":
        return _page(request, "confirm", "Join the newsletter?")
    if not subscribing.confirm(subscription):
        raise TokenRefused
    url = links.preferences_url(subscription.contact)
    return _page(request, "confirm_done", "You are on the list", preferences=url)


def _send_off(request: HttpRequest, token: str) -> HttpResponse:
    held = links.held_request_of(token)
    waits = held.standing == Request.Standing.HELD
    if request.method == "POST" and waits:
        release(held)
        waits = False
    title = "Send your request off?" if waits else "Your request is on its way"
    return _page(request, "send_off", title, waits=waits)


@token_page
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """One press, or one click in the mail program (RFC 8058): 200 and off the list, the same again for a repeat."""
    subscription = links.subscription_of(links.LEAVE, token)
    contact = subscription.contact
    name, value = ONE_CLICK
    if request.method == "POST":
        if request.POST.get(name) == value:
            subscribing.leave(contact)
        elif "undo" in request.POST:
            subscribing.come_back(subscription)
        elif "stop" in request.POST:
            subscribing.stop_everything(contact)
            return _page(request, "stopped", "No letters any more")
    if contact.subscriptions.open().exists():
        came_back = request.method == "POST" and "undo" in request.POST
        title = "You are on the list again" if came_back else "Leave the newsletter?"
        return _page(request, "leave", title, field=name, value=value, came_back=came_back)
    return _page(request, "left", "You have left the list", preferences=links.preferences_url(contact))


@token_page
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What we hold, and everything a person can do about it, on one page without a login (LEAD-47)."""
    contact = links.contact_of(token)
    done = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "erase":
            return _page(request, "erase", "Erase everything we hold about you?")
        if act == "erase for good":
            erased = ask_for_erasure(contact)
            title = "You are erased" if erased else "We have your wish"
            return _page(request, "erased", title, erased=erased)
        if act == "stop":
            subscribing.stop_everything(contact)
            return _page(request, "stopped", "No letters any more")
        done = _act(request, contact, act)
    return _page(request, "preferences", "Your letters and your data", held=holding.held_about(contact), done=done)


def _act(request: HttpRequest, contact: Any, act: str) -> str:
    """Do what one button of the page says; the sentence that tells so, empty where nothing was changed."""
    if act == "leave" and subscribing.leave(contact):
        return "You have left the newsletter."
    if act == "pause" and subscribing.pause(contact):
        return "The newsletter pauses for 90 days."
    if act == "topics":
        offered = {topic.slug for topic in holding.topics_for(contact)}
        chosen = [slug for slug in request.POST.getlist("topic") if slug in offered]
        return "Your topics are stored." if subscribing.choose_topics(contact, chosen) else ""
    if act == "data":
        due = ask_for_data(contact)
        return f"We send you what we hold by {due:%B} {due.day}, {due.year}."
    purpose = act.removeprefix("withdraw ")
    if purpose != act and purpose in {"call", "health"} and subscribing.withdraw(contact, purpose):
        return "Your consent is taken back."
    return ""


@token_page
def send_again(request: HttpRequest) -> HttpResponse:
    """“Send it again”: the same answer whether we know the address or not (LEAD-11, LEAD-34, LEAD-45)."""
    if request.method != "POST":
        return _page(request, "ask_again", "Have your links sent again")
    try:
        address = usable_email(request.POST.get("email", "").strip()[:320])
    except ValidationError:
        address = ""
    counted = limits.count(network=network_of(request), email=address, phone="", form="link") if address else None
    if counted is not None and counted.retry_after is None:
        letters.send_link(address)
    return _page(request, "sent_again", "Look into your e-mail")
