from .registered import ContactAdmin, EnquiryAdmin, PacketRequestAdmin, SignUpAdmin, SpamPatternAdmin, SubscriptionAdmin

__all__ = [
    "ContactAdmin",
    "EnquiryAdmin",
    "PacketRequestAdmin",
    "SignUpAdmin",
    "SpamPatternAdmin",
    "SubscriptionAdmin",
]
