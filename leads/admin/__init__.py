from .newsletter import NewsletterIssueAdmin
from .packet import PacketAdmin

__all__ = ["NewsletterIssueAdmin", "PacketAdmin"]
