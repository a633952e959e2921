from .every_page import EveryPageAdmin

__all__ = ["EveryPageAdmin"]
