"""Secrets of a trial: made once, kept in ``$STEMSITE_DATA/keys`` (0700), never in the repository."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def _random() -> str:
    return secrets.token_urlsafe(50)


def trial_secret(data_dir: Path, name: str, make: Callable[[], str] = _random) -> str:
    """The secret ``name`` of this trial, made on first use.

    Several processes may start at once: the first to create the file wins, the others read it.
    """
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    path = folder / name
    value = make()
    temporary = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    temporary.write_text(value)
    temporary.chmod(0o600)
    try:
        os.link(temporary, path)
    except FileExistsError:
        value = path.read_text().strip()
    finally:
        temporary.unlink()
    return value
