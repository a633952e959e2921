from .packet import PacketAdmin
from .registered import ContactAdmin, EnquiryAdmin, PacketRequestAdmin, SignUpAdmin, SpamPatternAdmin, SubscriptionAdmin

__all__ = [
    "ContactAdmin",
    "EnquiryAdmin",
    "PacketAdmin",
    "PacketRequestAdmin",
    "SignUpAdmin",
    "SpamPatternAdmin",
    "SubscriptionAdmin",
]
