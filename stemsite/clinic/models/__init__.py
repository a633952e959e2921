from .clinic import Clinic
from .person import Person
from .statutory import StatutoryCheck, StatutoryText
from .wording import Wording

__all__ = ["Clinic", "Person", "StatutoryCheck", "StatutoryText", "Wording"]
