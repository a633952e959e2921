"""The outbox, who must not be written to, what stands still, and how far this database has come."""

from .delivery import Delivery, DeliveryQuerySet
from .event import ProviderEvent
from .pause import Pause
from .pulse import Pulse
from .suppression import SoftBounces, Suppression

__all__ = ["Delivery", "DeliveryQuerySet", "Pause", "ProviderEvent", "Pulse", "SoftBounces", "Suppression"]
