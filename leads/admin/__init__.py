from .feedback import FeedbackAdmin
from .incident import IncidentAdmin
from .newsletter import NewsletterIssueAdmin
from .packet import PacketAdmin
from .registered import ContactAdmin, EnquiryAdmin, PacketRequestAdmin, SignUpAdmin, SpamPatternAdmin, SubscriptionAdmin

__all__ = [
    "ContactAdmin",
    "EnquiryAdmin",
    "FeedbackAdmin",
    "IncidentAdmin",
    "NewsletterIssueAdmin",
    "PacketAdmin",
    "PacketRequestAdmin",
    "SignUpAdmin",
    "SpamPatternAdmin",
    "SubscriptionAdmin",
]
