"""Staff at work in the admin: signed in, and their forms filled as a browser would send them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from stemsite.access import Role
from tests.factories import make_user


def signed_in(*roles: Role, user: Any = None) -> Client:
    """A browser in which a member of staff with ``roles`` is at work; ``client.user`` is that person."""
    client = Client()
    client.user = user or make_user(*roles)
    client.force_login(client.user)
    return client


def form_data(response: Any, **changes: Any) -> dict[str, Any]:
    """What the form in ``response`` would post, with ``changes`` typed into it."""
    form = response.context["adminform"].form
    values = {form.add_prefix(name): form[name].value() for name in form.fields}
    filled = {name: value for name, value in values.items() if value is not None and value is not False}
    return {**filled, **changes}


def save(client: Client, address: str, **changes: Any) -> Any:
    """Open the form at ``address``, change it, and press Save."""
    opened = client.get(address)
    assert opened.status_code == 200, opened.status_code
    return client.post(address, form_data(opened, **changes))
