from .packet import Packet

__all__ = ["Packet"]
