"""What tests of a user's function share."""

import sys
import textwrap

import pytest

from workloads.custom.inspection import inspect_reference


@pytest.fixture
def inspect(tmp_path, monkeypatch):
    """Look at something in a module; return what is known of it."""
    monkeypatch.setattr(sys, "path", [*sys.path])

    def look(source, name="run"):
        (tmp_path / "mine.py").write_text(textwrap.dedent(source))
        sys.modules.pop("mine", None)
        return inspect_reference(f"mine:{name}", str(tmp_path))

    yield look
    sys.modules.pop("mine", None)
