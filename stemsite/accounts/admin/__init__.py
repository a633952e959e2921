"""Staff screens for accounts and invitations."""

from . import invitations, people

__all__ = ["invitations", "people"]
