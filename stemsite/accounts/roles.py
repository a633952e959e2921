"""The groups that carry the roles: always there, whatever the database has been through."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, connections

from stemsite.access import Role


def make_groups(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: one group for each role."""
    if Group._meta.db_table not in connections[using].introspection.table_names():
        return
    for role in Role:
        Group.objects.using(using).get_or_create(name=role.value)
