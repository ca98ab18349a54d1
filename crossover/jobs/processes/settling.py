"""What becomes of futures: outcomes that arrive, and workers that end without one."""

from __future__ import annotations

import pickle
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext

from crossover.jobs.errors import TaskTimeoutError, WorkerDiedError
from crossover.jobs.outcomes import VALUE, read_error
from crossover.jobs.processes.launch import missing_script
from crossover.jobs.processes.worker_process import WorkerProcess
from crossover.jobs.task import Task

MOST_TRIES = 3  # workers that may die with one task, where it is tried again


def settle(task: Task, message: bytes | bytearray | memoryview) -> bool:
    """Give a future its value or its exception; return whether it is a value."""
    try:
        if message[:1] == VALUE:
            value = pickle.loads(memoryview(message)[1:])
        else:
            task.fail(read_error(memoryview(message)[1:]))
            return False
    except BaseException as error:  # it cannot be read here
        task.fail(error)
        return False
    task.succeed(value)
    return True


def death_of(worker: WorkerProcess) -> WorkerDiedError:
    """Return the error of a task whose worker has ended."""
    return WorkerDiedError(worker.how_it_ended(), worker.pid, worker.exit_code)


def start_failure(death: WorkerDiedError, context: BaseContext) -> BrokenProcessPool:
    """Return the error of an executor whose workers end, by themselves, before they are ready.

    Args:
        death: of a worker.
        context: how they start.
    """
    if context.get_start_method() != "fork" and (script := missing_script()):
        return BrokenProcessPool(
            f"{death}: it had not started. It imports the main module from its file, and there is no file {script}: "
            'save it as a file; or use mp_context=multiprocessing.get_context("fork"), or Executor("threads")'
        )
    return BrokenProcessPool(
        f"{death}: it had not started. Can the main module be imported "
        '(if __name__ == "__main__"), and does the initializer end?'
    )


def is_tried_again(task: Task, worker: WorkerProcess, on_death: str) -> bool:
    """Return whether another worker gets the task of one that has ended: it had not begun it, or it may be repeated."""
    task.tries += 1
    return task.tries < MOST_TRIES and (worker.has_unread or (on_death == "retry" and task.repeats))


def too_late(task: Task) -> TaskTimeoutError:
    """Return the error of a task that took too long."""
    return TaskTimeoutError(f"the task took longer than {task.within:g} s; its worker was killed")


def again(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """Return a new exception like this one: two futures must not raise the same object."""
    made: BaseException = pickle.loads(pickle.dumps(error))
    made.__cause__ = cause
    return made
