"""The loops that our transports are measured against in benchmarks/ come to an end."""

import importlib
import sys

import pytest
from output_blocks import ROOT

sys.path.append(str(ROOT / "benchmarks"))
local = importlib.import_module("handwritten.local")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("loop", local.LOOPS)
def test_a_loop_by_hand_does_all_tasks(loop):
    assert local.LOOPS[loop](tasks=64, batch=2, window=8, workers=2) > 0
