from .packet import PacketAdmin

__all__ = ["PacketAdmin"]
