"""Charts of results: one function for each, from records to a specification, a text and a table."""

from __future__ import annotations

import importlib
import os
import tempfile
from pathlib import Path


def _import_altair() -> None:
    """Import it also for a user without a home, as in many containers: it looks for one while it is imported."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = tempfile.gettempdir()
        try:
            importlib.import_module("altair")
        finally:
            del os.environ["HOME"]


_import_altair()
