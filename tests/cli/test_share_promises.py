"""`crossover share` with a state that does not keep what it promises."""

import subprocess
import sys
import textwrap

import pytest
from waiting import PATIENCE

LIAR = """
    from msgspec.structs import replace

    from local_ipc.states.values import ValueState

    class Liar(ValueState):
        traits = replace(ValueState.traits, name="liar", made_safe_by="its word", safe=True)
"""
WITH_A_LIAR = """
import sys
from crossover.contract.state_registry import STATES
STATES["liar"] = "liar:Liar"
from crossover.cli.main import main
main()
"""


@pytest.mark.long
def test_a_state_that_breaks_its_promise_is_named_and_is_a_failure(environment, tmp_path):
    installed = tmp_path / "site-packages"  # where libraries are; a module of the user's could be no shared state
    installed.mkdir()
    (installed / "liar.py").write_text(textwrap.dedent(LIAR))
    environment = {**environment, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-c", WITH_A_LIAR, "share", "liar", "value", "-r", "2", "-w", "2"]
    for _ in range(5):  # on a busy machine the workers may not overlap, and then nothing is lost
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if ended.returncode:
            break
    assert ended.returncode == 1, ended.stderr
    assert "liar lost updates, although it should not (its word)." in ended.stdout
