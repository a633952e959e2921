"""Samples written for this project, and the folder of real ones where EVIDENCE_PACK names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "evidence"


@pytest.fixture(scope="session")
def samples() -> Path:
    return SAMPLES


@pytest.fixture(scope="session")
def pack() -> Path:
    """The real samples (EVD-96); tests that need them are skipped with the reason when they are absent."""
    folder = Path(os.environ.get("EVIDENCE_PACK") or "/nonexistent")
    if not (folder / "MANIFEST.tsv").is_file():
        pytest.skip("EVIDENCE_PACK does not name the folder of real registry samples")
    return folder
