from .condition import ConditionAdmin
from .integrity import IntegrityEventAdmin
from .intervention import InterventionAdmin
from .reference import ReferenceAdmin
from .study import StudyAdmin

__all__ = ["ConditionAdmin", "IntegrityEventAdmin", "InterventionAdmin", "ReferenceAdmin", "StudyAdmin"]
