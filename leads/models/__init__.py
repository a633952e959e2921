from .consent import Consent
from .contact import Contact
from .counting import KeptCount, RateCounter, WeeklyTotal
from .feedback import Feedback
from .guarding import ProofKey, SpamPattern
from .incident import Incident
from .joining import Joining
from .newsletter import IssueCard, IssueEdition, IssueRun, IssueStep, NewsletterIssue, PacedMinute
from .notices import StaffNotices
from .packet import Packet, PacketCopy
from .privacy import PrivacyRequest
from .request import REQUESTS, Enquiry, PacketRequest, Request, SignUp
from .searching import LeadSearch
from .subscription import Subscription
from .tagging import ContactTag
from .timeline import TimelineEntry

__all__ = [
    "REQUESTS",
    "Consent",
    "Contact",
    "ContactTag",
    "Enquiry",
    "Feedback",
    "Incident",
    "IssueCard",
    "IssueEdition",
    "IssueRun",
    "IssueStep",
    "Joining",
    "KeptCount",
    "LeadSearch",
    "NewsletterIssue",
    "PacedMinute",
    "Packet",
    "PacketCopy",
    "PacketRequest",
    "PrivacyRequest",
    "ProofKey",
    "RateCounter",
    "Request",
    "SignUp",
    "SpamPattern",
    "StaffNotices",
    "Subscription",
    "TimelineEntry",
    "WeeklyTotal",
]
