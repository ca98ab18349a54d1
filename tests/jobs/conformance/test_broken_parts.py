"""What crashes, leaves the interpreter or raises, at every step of a call: that call fails, and no other."""

import traceback
from concurrent.futures import BrokenExecutor
from pickle import PicklingError

import executor_calls as calls
import pytest
from waiting import PATIENCE

pytestmark = [pytest.mark.needs("workers"), pytest.mark.long]
GONE = BrokenExecutor
PICKLE = pytest.mark.needs("pickle")


def fails_alone(executor, error, function, *arguments):
    """A call raises an error; those before and after it do not."""
    before = executor.submit(calls.add, 1, 1)
    broken = executor.submit(function, *arguments)
    after = [executor.submit(calls.add, number) for number in range(6)]
    with pytest.raises(error):
        broken.result(PATIENCE)
    assert before.result(PATIENCE) == 2
    assert [future.result(PATIENCE) for future in after] == [*range(6)]


@pytest.mark.parametrize(
    ("error", "function", "arguments"),
    [
        pytest.param(GONE, calls.crash, [], id="crash"),
        pytest.param(SystemExit, calls.leave_the_interpreter, [], id="exit"),
        pytest.param(ValueError, calls.fail, ["no"], id="error"),
    ],
)
def test_in_the_function(make, error, function, arguments):
    fails_alone(make(), error, function, *arguments)


@PICKLE
def test_an_error_when_a_call_is_pickled(executor):
    fails_alone(executor, PicklingError, id, calls.AtPickle(calls.refuse))


@PICKLE
def test_a_lambda_fails_and_says_where_functions_belong(executor):
    error = executor.submit(lambda: 1).exception(PATIENCE)
    assert "define it at the top of a module" in "".join(traceback.format_exception(error))


@PICKLE
@pytest.mark.parametrize(
    ("error", "does"), [(GONE, calls.crash), (SystemExit, calls.leave_the_interpreter), (PicklingError, calls.refuse)]
)
def test_when_a_call_is_unpickled_in_the_worker(make, error, does):
    fails_alone(make(), error, id, calls.AtUnpickle(does))


@PICKLE
@pytest.mark.parametrize(
    ("error", "does"), [(GONE, calls.crash), (SystemExit, calls.leave_the_interpreter), (PicklingError, calls.refuse)]
)
def test_when_a_value_is_pickled_in_the_worker(make, error, does):
    fails_alone(make(), error, calls.AtPickle, does)


@PICKLE
@pytest.mark.parametrize(("error", "does"), [(SystemExit, calls.leave_the_interpreter), (PicklingError, calls.refuse)])
def test_when_a_value_is_unpickled_here(executor, error, does):
    fails_alone(executor, error, calls.AtUnpickle, does)


@PICKLE
def test_an_exception_whose_init_wants_other_arguments_comes_as_itself(executor):
    with pytest.raises(calls.TwoPartsError, match=r"^bread and butter$"):
        executor.submit(calls.raise_what_cannot_be_read).result(PATIENCE)
    assert executor.submit(calls.add, 1).result(PATIENCE) == 1


def test_a_worker_that_dies_after_shutdown_holds_nothing_up(make, gate):
    executor = make()
    called = executor.submit(calls.crash_after, gate)
    executor.shutdown(wait=False)
    gate.touch()
    executor.shutdown()
    with pytest.raises(GONE):
        called.result(0)


@PICKLE
def test_a_call_that_cannot_be_pickled_holds_no_shutdown_up(make):
    executor = make()
    executor.submit(calls.add, 1).result(PATIENCE)
    called = executor.submit(id, calls.AtPickle(calls.refuse))
    executor.shutdown()
    with pytest.raises(PicklingError):
        called.result(0)


def test_workers_that_die_with_much_to_read_hold_nothing_up(make):
    executor = make()
    called = [executor.submit(calls.crash, "a" * 3_000_000) for _ in range(4)]
    assert all(isinstance(future.exception(PATIENCE), GONE) for future in called)
    assert executor.submit(calls.add, 1).result(PATIENCE) == 1


def test_who_has_died_and_how_is_in_the_exception(make):
    executor = make()
    error = executor.submit(calls.crash).exception(PATIENCE)
    assert isinstance(error.pid, int)
    assert error.exit_code == -9
    assert str(error.pid) in str(error)
    assert "SIGKILL" in str(error)


def test_one_in_forty_kills_its_worker(make):
    executor = make()
    called = [executor.submit(*((calls.crash,) if number % 40 == 7 else (calls.add, number))) for number in range(400)]
    errors = [future.exception(PATIENCE) for future in called]
    died = [number for number, error in enumerate(errors) if error is not None]
    assert died == [*range(7, 400, 40)]
    assert all("SIGKILL" in str(errors[number]) for number in died)
    assert len({errors[number].pid for number in died}) == 10
    assert [future.result(0) for number, future in enumerate(called) if number % 40 != 7] == [
        number for number in range(400) if number % 40 != 7
    ]


@pytest.mark.needs("break")
def test_it_breaks_as_those_of_the_standard_library_do_where_that_is_wanted(make, gate):
    executor = make(on_death="break")
    waits, dies = executor.submit(calls.wait_for, gate), executor.submit(calls.crash)
    errors = [future.exception(PATIENCE) for future in (waits, dies)]
    assert all(isinstance(error, GONE) for error in errors)
    assert errors[0] is not errors[1]
    with pytest.raises(GONE):
        executor.submit(calls.add, 1)
