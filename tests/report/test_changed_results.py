"""A result file that was edited is shown, or refused with a sentence."""

import copy
import io
import json
import random
from contextlib import suppress

import pytest
from rich.console import Console
from sample_records import result_of, rounds_of
from sample_scales import law, scale_of, scaled
from sample_shares import share_result, share_run

from crossover.analysis.differences.difference import difference
from crossover.cli.result_files import read_all, refuse_contradictions
from crossover.contract.errors import UsageError
from crossover.report.formats.catalogue import FORMATS, rendered
from crossover.report.formats.files import as_json
from crossover.report.terminal.render import render

WRONG = [None, 0, -1, 1e308, 10**30, "", "x", "[red]\x1b", [], {}, True, 0.0, 5e-324]
TIMES = {"comparison": 150, "scale": 50, "share": 150}  # a law is fitted anew each time, which is slow
RESULTS = {  # made in the tests: a law takes a second to fit, which every process that collects tests would spend
    "comparison": lambda: result_of(*rounds_of("queue", 1000, 1001, 999, 1000), *rounds_of("pipe", 500, 501, 499, 500)),
    "scale": lambda: scale_of(*scaled("queue", law(0.1, 0.01))),
    "share": lambda: share_result(share_run("value", lost=9), share_run("value-lock")),
}


def places(data, path=()):
    """Return the way to everything in some data."""
    if path:
        yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def spoil(data, draw):
    """Change one thing somewhere, or take it away."""
    *way, last = draw.choice(list(places(data)))
    for key in way:
        data = data[key]
    if draw.random() < 0.3:
        del data[last]
    else:
        alike = [wrong for wrong in WRONG if type(wrong) is type(data[last])]
        data[last] = draw.choice(alike if alike and draw.random() < 0.8 else WRONG)


@pytest.mark.parametrize("kind", RESULTS)
def test_a_spoilt_result_is_shown_or_refused(kind, tmp_path):
    draw, path, refused = random.Random(7), str(tmp_path / "r.json"), 0
    original = RESULTS[kind]()
    data = json.loads(as_json(original))
    for _ in range(TIMES[kind]):
        spoilt = copy.deepcopy(data)
        spoil(spoilt, draw)
        (tmp_path / "r.json").write_text(json.dumps(spoilt))
        try:
            with refuse_contradictions(path):
                found = read_all((path,))
                text = rendered(found[path])
                Console(file=io.StringIO(), width=80).print(text or "")
                assert all(FORMATS[face](found, []) for face in ("json", "csv", "markdown"))
        except UsageError:
            refused += 1
        with suppress(UsageError), refuse_contradictions(path):
            assert render(difference(original, read_all((path,))[path], 0.1))
    assert 0 < refused < TIMES[kind]
