"""500 result files, all of them damaged: shown, compared, or refused with a sentence; never a traceback."""

import io
import json
import resource
import sys
from contextlib import redirect_stderr
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import damaged, disarranged, exaggerated

from crossover.cli import main, streams

FILES = 500
RESULTS = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "docs" / "results").glob("*.json"))]
ALLOWED = {0, 1, 2, 69, 99}
MOST_MEMORY = 2**20  # KiB that this process may have used at most, more than before


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@given(seed=st.integers(0, 2**32))
@settings(max_examples=FILES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_damaged_result_is_shown_or_refused_with_a_sentence(folder, seed):
    random = Random(seed)
    original = random.choice(RESULTS)
    file, base = folder / "new.json", folder / "base.json"
    file.write_bytes(spoiled(original, random))
    base.write_bytes(original)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    words = random.choice(
        (
            ("report", file, "--markdown", folder / "a.md", "--csv", folder / "a.csv"),
            ("diff", base, file),
            ("diff", file, base),
        )
    )
    status, said = run(*words)
    assert status in ALLOWED, said
    assert "Traceback" not in said
    assert status != 2 or said.startswith(("crossover: ", "Usage: ")), said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


def spoiled(content, random):
    """Return the content of a file that was cut, or of which places were changed."""
    if random.random() < 0.2:
        return damaged(content, random)
    change = random.choice((disarranged, exaggerated))
    return json.dumps(change(json.loads(content), random)).encode(errors="surrogatepass")


def run(*words):
    """Run the command in this process; return its status and what it said."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(said):
        patch.setattr(sys, "argv", ["crossover", *map(str, words)])
        patch.setattr(streams, "results", lambda: io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        status = main.run()
    return status, said.getvalue()
