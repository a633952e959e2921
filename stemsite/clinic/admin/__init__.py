from .clinic import ClinicAdmin
from .person import PersonAdmin
from .wording import WordingAdmin

__all__ = ["ClinicAdmin", "PersonAdmin", "WordingAdmin"]
