from .consent import Consent
from .contact import Contact
from .counting import KeptCount, RateCounter, WeeklyTotal
from .guarding import ProofKey, SpamPattern
from .privacy import PrivacyRequest
from .request import REQUESTS, Enquiry, PacketRequest, Request, SignUp
from .subscription import Subscription
from .timeline import TimelineEntry

__all__ = [
    "REQUESTS",
    "Consent",
    "Contact",
    "Enquiry",
    "KeptCount",
    "PacketRequest",
    "PrivacyRequest",
    "ProofKey",
    "RateCounter",
    "Request",
    "SignUp",
    "SpamPattern",
    "Subscription",
    "TimelineEntry",
    "WeeklyTotal",
]
