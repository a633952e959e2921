from .condition import ConditionAdmin
from .import_batch import ImportBatchAdmin
from .integrity import IntegrityEventAdmin
from .intervention import InterventionAdmin
from .page_audit import PageAuditAdmin
from .reference import ReferenceAdmin
from .study import StudyAdmin

__all__ = [
    "ConditionAdmin",
    "ImportBatchAdmin",
    "IntegrityEventAdmin",
    "InterventionAdmin",
    "PageAuditAdmin",
    "ReferenceAdmin",
    "StudyAdmin",
]
