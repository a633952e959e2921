"""Filling in staff forms as a browser would: every field of the rendered page with its present value."""

from __future__ import annotations

from typing import Any

from django.test import Client
from lxml import html


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(response: Any, *, id: str = "", action: str = "") -> dict[str, Any]:
    """The fields of one form of a page with their values, without its buttons."""
    document = html.fromstring(response.content.decode())
    found = [
        form for form in document.forms if (id and form.get("id") == id) or (action and form.get("action") == action)
    ]
    assert found, f"no form {id or action} on the page"
    data: dict[str, Any] = {}
    for name, value in found[0].form_values():
        data.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in data.items()}


def change_url(page: Any) -> str:
    return f"/admin/{page._meta.app_label}/{page._meta.model_name}/{page.pk}/change/"


def opened(client: Client, page: Any) -> dict[str, Any]:
    """What the browser holds once the change form of ``page`` is open."""
    response = client.get(change_url(page))
    assert response.status_code == 200, response.status_code
    return form_of(response, id=f"{page._meta.model_name}_form")


def save(client: Client, page: Any, data: dict[str, Any], **typed: Any) -> Any:
    """Press "Save version" with what the browser holds, changed by what was typed."""
    return client.post(change_url(page), {"_continue": "Save version", **data, **typed})


def step(client: Client, page: Any, slug: str, **typed: Any) -> Any:
    """Open the page's screen, fill in one step and press its button."""
    screen = client.get(f"/admin/pages/{page.pk}/")
    assert screen.status_code == 200, screen.status_code
    address = f"/admin/pages/{page.pk}/{slug}/"
    data = form_of(screen, action=address)
    return client.post(address, {**data, **{f"{slug}-{name}": value for name, value in typed.items()}})
