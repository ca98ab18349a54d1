"""What tests of `crossover run` share."""

import json
import textwrap

import pytest

FUNCTIONS = """
    import subprocess, sys

    def same(item):
        return item

    def read_input(item):
        return [sys.stdin.read(), subprocess.run(["cat"], capture_output=True, text=True).stdout]
"""


@pytest.fixture
def functions(tmp_path):
    """Write the module `mine`."""

    def write(source=FUNCTIONS):
        (tmp_path / "mine.py").write_text(textwrap.dedent(source))

    write()
    return write


@pytest.fixture
def outcome(tmp_path):
    """Return number → value of an output."""

    def read(name="out.jsonl"):
        lines = map(json.loads, (tmp_path / name).read_bytes().splitlines())
        return {line["line"]: line["value"] for line in lines}

    return read
