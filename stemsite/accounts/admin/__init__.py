"""Staff screens for accounts, invitations and emergency access."""

from . import emergency, invitations, people

__all__ = ["emergency", "invitations", "people"]
