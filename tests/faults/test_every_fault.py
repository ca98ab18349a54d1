"""Each fault is injected into a real run, which is judged by journals outside the transport."""

import pytest
from fault_cells import run_cell

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN

TASKS = 200


@pytest.fixture
def run_with(tmp_path):
    """Inject a fault into a run through a transport, and return the record."""
    return lambda url, fault, level="default", tasks=TASKS: run_cell(tmp_path, url, fault, level, tasks)


@pytest.mark.parametrize("url", ["serial", "threads", "queue", "redis-list", "rabbitmq"])
def test_without_a_fault_every_task_is_done_once(run_with, url):
    run = run_with(url, "none")
    assert run.delivery.accepted == run.delivery.completed == TASKS
    assert (run.symptoms, run.delivery.begun_again, run.delivery.uncollected, run.taken_over) == ("", 0, 0, 0)


def test_a_killed_busy_worker_loses_its_task(run_with):
    run = run_with("manager", "kill-worker-busy")
    assert (run.delivery.lost, run.delivery.completed) == (1, TASKS - 1)
    assert not run.error
    assert run.recovery_seconds is None


def test_a_killed_busy_worker_loses_nothing_if_its_task_is_delivered_again(run_with):
    run = run_with("redis-list", "kill-worker-busy", "safe")
    assert (run.delivery.lost, run.delivery.begun_again) == (0, 1)
    assert 0 < run.recovery_seconds < 10


def test_a_killed_idle_worker_may_stop_all_readers_of_a_queue(run_with):
    """One of two idle workers holds the lock of all readers: by chance, so this repeats until it is the killed one."""
    runs = (run_with("queue", "kill-worker-idle") for _ in range(14))
    run = next(run for run in runs if run.hung)
    assert run.delivery.completed == 0
    assert run.delivery.lost == run.delivery.accepted > 0
    assert not run.error


def test_at_the_safe_level_celery_delivers_again_what_its_dead_worker_had_reserved(run_with):
    """Over RabbitMQ; over Redis, a message may be lost between BRPOP and its copy (tests/brokers/test_take_over.py)."""
    run = run_with("celery+rabbitmq", "kill-worker-parent", "safe")
    assert run.delivery.lost == 0
    assert run.taken_over == 1


def test_a_killed_producer_loses_the_tasks_in_its_memory(run_with):
    run = run_with("queue", "kill-producer")
    assert run.delivery.lost > 2
    assert run.delivery.attempted < TASKS
    assert run.taken_over == 0


@pytest.mark.parametrize("url", ["redis-list", "redis-stream?reclaim=1", "rabbitmq"])
def test_at_the_safe_level_accepted_tasks_survive_the_producer(run_with, url):
    run = run_with(url, "kill-producer", "safe")
    assert run.delivery.lost == 0
    assert run.taken_over > 0


@pytest.mark.long
@pytest.mark.parametrize("url", ["redis-list", "rabbitmq"])
def test_at_the_safe_level_accepted_tasks_survive_the_broker(run_with, url):
    """Whoever is first: workers that connect again and do all that was accepted, or a new producer."""
    run = run_with(url, "kill-broker", "safe")
    assert run.delivery.lost == 0 < run.delivery.accepted
    assert run.error


def test_a_killed_broker_loses_the_tasks_in_its_memory(run_with):
    run = run_with("redis-list", "kill-broker", "fast")
    assert run.delivery.lost > 2
    assert run.error


def test_a_paused_broker_only_costs_time(run_with):
    run = run_with("redis-list", "pause-broker")
    assert run.symptoms == ""
    assert run.recovery_seconds > 1.5


@pytest.mark.long
def test_a_cut_network_is_an_error_and_loses_nothing_at_the_safe_level(run_with):
    run = run_with("redis-stream?reclaim=1", "cut-network", "safe")
    assert run.error
    assert run.delivery.lost == 0


@pytest.mark.long
def test_a_full_redis_stops_the_work_for_a_while_and_loses_nothing_at_the_safe_level(run_with):
    run = run_with("redis-list", "fill-broker-memory", "safe", tasks=4 * TASKS)
    assert run.delivery.lost == 0
    assert run.recovery_seconds > 1.5


@pytest.mark.long
def test_a_full_rabbitmq_blocks_the_producer(run_with):
    run = run_with("rabbitmq", "fill-broker-memory", tasks=4 * TASKS)
    may_be_late = run.seconds > ANSWER_WITHIN  # on a busy machine rabbitmqctl may give the memory back after that
    assert run.symptoms in ({"", "E"} if may_be_late else {""})
    assert run.delivery.lost == 0
    assert run.seconds > 2 > run.tasks * 0.002 / run.workers


def test_a_poison_task_breaks_an_executor_which_is_an_error(run_with):
    run = run_with("executor", "poison-task")
    assert run.delivery.lost > 0
    assert "process pool" in run.error


@pytest.mark.long
def test_an_oversize_payload_is_refused_by_a_broker_and_passes_a_local_queue(run_with):
    assert run_with("queue", "oversize-payload").symptoms == ""
    run = run_with("rabbitmq", "oversize-payload")
    assert (run.delivery.failed, run.delivery.completed) == (1, TASKS - 1)
    assert "over the broker's limit" in run.error


def test_an_unpicklable_payload_is_refused_and_not_lost(run_with):
    run = run_with("queue", "unpicklable-payload")
    assert (run.delivery.failed, run.delivery.completed, run.delivery.lost) == (1, TASKS - 1, 0)
    assert "cannot be pickled" in run.error


@pytest.mark.parametrize(
    ("url", "fault", "reason"),
    [
        ("queue", "kill-broker", "there is no broker"),
        ("threads", "kill-worker-busy", "its worker is the producer's own process: see kill-producer"),
        ("pipe", "cut-network", "its tasks cross no network"),
        ("redis-list", "kill-worker-parent", "the parent of its workers is the producer: see kill-producer"),
    ],
)
def test_a_fault_that_makes_no_sense_is_recorded_with_the_reason(run_with, url, fault, reason):
    assert run_with(url, fault).reason == reason
