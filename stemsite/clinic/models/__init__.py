from .clinic import Clinic
from .person import Person
from .wording import Wording

__all__ = ["Clinic", "Person", "Wording"]
