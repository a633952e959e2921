from .study import StudyAdmin

__all__ = ["StudyAdmin"]
