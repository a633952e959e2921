"""Content checks: pure text in, findings out. Automatic checks miss indirect wording; people answer for the text."""

from .block import Block
from .blocks import check_blocks
from .claims import check
from .finding import Finding
from .lexicon import Lexicon, edition, packaged

__all__ = ["Block", "Finding", "Lexicon", "check", "check_blocks", "edition", "packaged"]
