from .audited import PageAudit
from .check import Acceptance, Check, Correction
from .condition import Condition, Intervention
from .imported import ImportBatch, ImportRow
from .integrity import IntegrityEvent
from .library import LibraryEntry, LibraryTerm
from .proposed import ProposedValue
from .reference import Reference
from .source import LastAsked, SourceRecord, SourceState
from .study import Coverage, OutcomeGroup, Registration, Study, StudyFact, StudyPaper
from .trial import Trial, TrialChange

__all__ = [
    "Acceptance",
    "Check",
    "Condition",
    "Correction",
    "Coverage",
    "ImportBatch",
    "ImportRow",
    "IntegrityEvent",
    "Intervention",
    "LastAsked",
    "LibraryEntry",
    "LibraryTerm",
    "OutcomeGroup",
    "PageAudit",
    "ProposedValue",
    "Reference",
    "Registration",
    "SourceRecord",
    "SourceState",
    "Study",
    "StudyFact",
    "StudyPaper",
    "Trial",
    "TrialChange",
]
