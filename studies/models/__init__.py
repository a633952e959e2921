from .audited import PageAudit
from .check import Acceptance, Check, Correction
from .condition import Condition, Intervention
from .facts import OutcomeGroup, StudyFact
from .imported import ImportBatch, ImportRow
from .integrity import IntegrityEvent
from .library import LibraryEntry, LibraryTerm
from .proposed import ProposedValue
from .records import Coverage, Registration, StudyPaper
from .reference import Reference
from .source import Answer, LastAsked, SourceRecord, SourceState
from .study import Study
from .trial import Trial, TrialChange

__all__ = [
    "Acceptance",
    "Answer",
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
