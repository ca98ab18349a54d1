"""Arguments that are wrong: the words are CPython's, for every transport."""

import re

import pytest
from waiting import PATIENCE

from crossover import Executor

HERE = ["serial", "threads", "pipe", "queue", "pool", "executor", "manager", "unix-socket", "shared-memory"]
BROKERS = ["redis-list", "redis-stream", "rabbitmq", "celery+redis", "celery+rabbitmq"]


@pytest.mark.parametrize("transport", HERE)
@pytest.mark.parametrize(
    ("max_workers", "error", "words"),
    [
        (0, ValueError, "max_workers must be greater than 0"),
        (-3, ValueError, "max_workers must be greater than 0"),
        ("2", TypeError, "'<=' not supported between instances of 'str' and 'int'"),
        (2.5, TypeError, "'float' object cannot be interpreted as an integer"),
        (float("nan"), TypeError, "'float' object cannot be interpreted as an integer"),
    ],
)
def test_a_number_of_workers_that_is_none(transport, max_workers, error, words):
    with pytest.raises(error, match=f"^{re.escape(words)}$"):
        Executor(transport, max_workers)


@pytest.mark.parametrize("transport", HERE)
def test_an_initializer_that_cannot_be_called(transport):
    with pytest.raises(TypeError, match=r"^initializer must be a callable$"):
        Executor(transport, 1, initializer=3)


@pytest.mark.parametrize("transport", HERE)
def test_the_level_that_no_transport_of_one_machine_has(transport):
    with pytest.raises(ValueError, match=r"no safe level: what it has accepted is lost with this process; "):
        Executor(transport, 1, safety="safe")
    with pytest.raises(ValueError, match=r"^safety must be one of fast, default, safe, not 'sure'$"):
        Executor(transport, 1, safety="sure")


@pytest.mark.parametrize("transport", HERE)
@pytest.mark.parametrize("safety", ["fast", "default", None])
def test_the_levels_that_all_have(transport, safety):
    Executor(transport, 1, safety=safety).shutdown()


@pytest.mark.parametrize("transport", ["serial", "threads"])
@pytest.mark.parametrize("option", ["task_timeout", "max_tasks_per_child", "max_memory_per_child", "on_death"])
def test_what_needs_processes_is_refused_where_there_are_none(transport, option):
    with pytest.raises(ValueError, match=f"^{option}: there is no worker process that could be .*: use pool$"):
        Executor(transport, 1, **{option: 1})


@pytest.mark.parametrize("transport", ["serial", "threads"])
def test_a_time_for_tasks_is_refused_where_nothing_could_be_killed(transport):
    with Executor(transport, 1) as executor:
        with pytest.raises(ValueError, match=r"^timeout: there is no worker process"):
            executor.with_options(timeout=1)
        assert executor.with_options(timeout=None).submit(abs, -1).result(PATIENCE) == 1


@pytest.mark.parametrize("transport", [3, None, b"pool"])
def test_what_is_no_name_of_a_transport_is_refused_by_a_sentence(transport):
    with pytest.raises(TypeError, match=rf"^transport must be a name, not {transport}; .* Executor\('pool', 3\)$"):
        Executor(transport)


@pytest.mark.parametrize("transport", [*HERE, *BROKERS])
@pytest.mark.parametrize(
    ("option", "meant"), [("saftey", "'safety'"), ("max_worker", "'max_workers'"), ("task_timeuot", "'task_timeout'")]
)
def test_an_option_that_is_mistyped_is_named_with_the_transport_and_what_it_has(transport, option, meant):
    said = re.escape(f"{transport} has no option {option!r} (did you mean {meant}?); there are ")
    with pytest.raises(TypeError, match=f"^{said}.*max_tasks_per_child"):
        Executor(transport, 1, **{option: 1})


@pytest.mark.parametrize("transport", BROKERS)
@pytest.mark.parametrize("option", ["on_death", "mp_context"])
def test_what_only_workers_of_this_machine_can_do_is_refused_over_a_broker(transport, option):
    said = f"{option} is for workers of this machine, as those of pool: {transport} has a server"
    with pytest.raises(TypeError, match=f"^{re.escape(said)}$"):
        Executor(transport, 1, **{option: "retry"})


@pytest.mark.parametrize("transport", BROKERS)
def test_a_level_that_does_not_exist_has_the_same_words_over_a_broker(transport):
    with pytest.raises(ValueError, match=r"^safety must be one of fast, default, safe, not 'sfe'$"):
        Executor(transport, 1, safety="sfe")


def test_a_transport_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match=r"carrier-pigeon"):
        Executor("carrier-pigeon")
    with pytest.raises(ValueError, match=r"'multiprocessing' \(did you mean 'queue', 'pipe' or 'pool'\?\)"):
        Executor("multiprocessing")


@pytest.mark.parametrize("transport", HERE)
def test_all_of_them_are_executors(transport):
    with Executor(transport, 1) as executor:
        assert isinstance(executor, Executor)


@pytest.mark.parametrize("transport", ["pool?start=fork", "threads://here", "serial:2"])
def test_what_is_part_of_no_name_is_not_ignored(transport):
    with pytest.raises(ValueError, match=r"has no server and no options in its name.* options as keywords$"):
        Executor(transport)
