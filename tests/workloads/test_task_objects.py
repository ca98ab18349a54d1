"""Task objects of libraries, which send a task instead of running it, are refused; the function in them is named."""

import pytest

from workloads.base import InputError
from workloads.custom.inspection import inspect_reference

TASKS = """
    import functools

    class CeleryTask:
        def apply_async(self): ...
        def delay(self): ...
        def run(self, item): return item
        def __call__(self, item): return item

    class HueyTask:
        def call_local(self, item): return item
        def schedule(self): ...
        def __call__(self, item): ...

    class Task:
        def __init__(self, fn=None, original_func=None, func=None):
            self.fn, self.original_func, self.func = fn, original_func, func
        def __call__(self, item): return item

    def keep(item): return item

    class DramatiqActor(Task):
        fn = staticmethod(keep)
        def send(self): ...

    class PrefectTask(CeleryTask, Task):
        def submit(self): ...
        def with_options(self): ...

    class TaskiqTask(Task):
        def kiq(self): ...

    class ProcrastinateTask(Task):
        def defer(self): ...

    def rq(item): return item
    rq.delay = lambda item: item

    def delayed(function):
        @functools.wraps(function)
        def delayed_function(*args): return function, args
        return delayed_function

    celery, huey, dramatiq, joblib = CeleryTask(), HueyTask(), DramatiqActor(keep), delayed(keep)
    prefect, taskiq, procrastinate = PrefectTask(keep), TaskiqTask(original_func=keep), ProcrastinateTask(func=keep)
"""  # of the same shape as the objects that these libraries make, which are not installed here except Celery


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("celery", "celery.run"),
        ("huey", "huey.call_local"),
        ("dramatiq", "dramatiq.fn"),
        ("prefect", "prefect.fn"),
        ("taskiq", "taskiq.original_func"),
        ("procrastinate", "procrastinate.func"),
        ("joblib", "joblib.__wrapped__"),
    ],
)
def test_a_task_object_is_refused_and_the_function_in_it_is_named_and_accepted(inspect, name, instead):
    name_it = f"name the function in it, mine:{instead}$"
    with pytest.raises(InputError, match=f"mine:{name} (is a|was made by) (?i:{name}).*: {name_it}"):
        inspect(TASKS, name)
    assert inspect(TASKS, instead).reference == f"mine:{instead}"


@pytest.mark.parametrize(
    ("name", "instead"),
    [("celery.delay", "celery.run"), ("huey.schedule", "huey.call_local"), ("rq.delay", "rq")],
)
def test_what_sends_a_task_elsewhere_is_refused(inspect, name, instead):
    with pytest.raises(InputError, match=f"mine:{name} sends or describes a task.* function, mine:{instead}$"):
        inspect(TASKS, name)


def test_what_rq_decorates_is_the_function_itself(inspect):
    assert inspect(TASKS, "rq").reference == "mine:rq"


def test_a_real_celery_task_is_recognised_behind_its_proxy(inspect):
    source = """
        import celery

        @celery.shared_task
        def run(item): return item

        app = celery.Celery(set_as_current=False)

        @app.task(bind=True)
        def bound(self, item): return item
    """
    assert inspect(source, "run.run").checks is False
    for name in ("run", "bound"):
        with pytest.raises(InputError, match=f"is a Celery task.*name the function in it, mine:{name}.run"):
            inspect_reference(f"mine:{name}", "")  # the module is imported: its tasks can be made only once
        assert inspect_reference(f"mine:{name}.run", "").reference == f"mine:{name}.run"
