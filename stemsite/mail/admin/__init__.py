from .delivery import DeliveryAdmin
from .pause import PauseAdmin
from .suppression import SuppressionAdmin

__all__ = ["DeliveryAdmin", "PauseAdmin", "SuppressionAdmin"]
