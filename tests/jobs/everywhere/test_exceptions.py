"""What a future raises is what its call has raised."""

import executor_calls as calls
import pytest
from waiting import PATIENCE

from crossover import Executor
from crossover.jobs.errors import RemoteError

PROCESSES = ["pool", "shared-memory"]


@pytest.mark.parametrize("transport", ["serial", "threads", *PROCESSES])
def test_notes_and_groups_are_kept(transport):
    with Executor(transport, 1) as executor:
        error = executor.submit(calls.raise_group).exception(PATIENCE)
    assert isinstance(error, ExceptionGroup)
    assert (error.message, error.__notes__) == ("both", ["a note"])
    assert [repr(each) for each in error.exceptions] == ["ValueError('one')", "KeyError('other')"]


@pytest.mark.parametrize("transport", ["serial", "threads", *PROCESSES])
@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_would_end_a_program_reaches_the_future_and_ends_no_worker(transport, kind):
    with Executor(transport, 1) as executor:
        error = executor.submit(calls.raise_this, kind, "now").exception(PATIENCE)
        assert (type(error), error.args) == (kind, ("now",))
        assert executor.submit(abs, -1).result(PATIENCE) == 1
        assert executor.stats()["failed"] == 1


@pytest.mark.parametrize("transport", PROCESSES)
def test_the_cause_shows_the_chain_of_the_worker(transport):
    with Executor(transport, 1) as executor:
        cause = str(executor.submit(calls.raise_from).exception(PATIENCE).__cause__)
    assert cause.index("KeyError: 'first'") < cause.index("direct cause") < cause.index("ValueError: second")


@pytest.mark.parametrize("transport", PROCESSES)
def test_an_exception_that_no_other_process_can_have_comes_as_its_type_and_text(transport):
    with Executor(transport, 1) as executor:
        with pytest.raises(
            RemoteError, match=r"^executor_calls\.raise_local\.<locals>\.LocalError: only here$"
        ) as caught:
            executor.submit(calls.raise_local).result(PATIENCE)
        assert "in raise_local" in str(caught.value.__cause__)
        assert executor.submit(abs, -1).result(PATIENCE) == 1
