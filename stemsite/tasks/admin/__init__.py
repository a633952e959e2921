from .heartbeat import HeartbeatAdmin
from .job import JobAdmin
from .periodic import PeriodicRunAdmin

__all__ = ["HeartbeatAdmin", "JobAdmin", "PeriodicRunAdmin"]
