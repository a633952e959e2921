from .clinic import ClinicAdmin
from .person import PersonAdmin
from .statutory import StatutoryTextAdmin
from .wording import WordingAdmin

__all__ = ["ClinicAdmin", "PersonAdmin", "StatutoryTextAdmin", "WordingAdmin"]
