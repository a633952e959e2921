from .condition import Condition, Intervention
from .integrity import IntegrityEvent
from .reference import Reference
from .study import Coverage, OutcomeGroup, Registration, Study, StudyFact

__all__ = [
    "Condition",
    "Coverage",
    "IntegrityEvent",
    "Intervention",
    "OutcomeGroup",
    "Reference",
    "Registration",
    "Study",
    "StudyFact",
]
