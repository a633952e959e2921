from .delivery import DeliveryAdmin

__all__ = ["DeliveryAdmin"]
