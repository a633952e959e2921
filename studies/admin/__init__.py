from .condition import ConditionAdmin
from .integrity import IntegrityEventAdmin
from .intervention import InterventionAdmin
from .reference import ReferenceAdmin

__all__ = ["ConditionAdmin", "IntegrityEventAdmin", "InterventionAdmin", "ReferenceAdmin"]
