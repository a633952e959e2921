from .audited import Audited
from .event import AuditEventAdmin

__all__ = ["AuditEventAdmin", "Audited"]
