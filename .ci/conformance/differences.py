"""Which of CPython's tests are not run against an executor of ours, and why: each has its reason."""

PENDING = "wants a future that is not done when submit returns; a serial executor has run it by then"
NO_WORKER = "wants workers with an initializer; a serial executor has none"
ONE_FAILS = "wants the whole pool to break; here only the future of that task fails, with the error itself"
FORK_SERVER = "wants workers that are spawned; ours come from a fork server, with any limit"
INSIDE = "replaces a private part of ProcessPoolExecutor that this executor does not have"
WINDOWS = "is about a limit of Windows"
INHERITED = "gives its workers a semaphore, which can only be inherited: these calls fail when they are submitted"
AT_EXIT = "wants an executor that ends with the interpreter; a serial one has nothing that could end"
OBJECTS = "sends an object; over a broker only data travels"
ELSEWHERE = "gives workers an initializer; workers of a broker have begun elsewhere"

SERIAL = {
    "WaitTests.test_first_completed": PENDING,
    "WaitTests.test_first_completed_some_already_completed": PENDING,
    "WaitTests.test_first_exception": PENDING,
    "WaitTests.test_first_exception_some_already_complete": PENDING,
    "WaitTests.test_first_exception_one_already_failed": PENDING,
    "WaitTests.test_timeout": PENDING,
    "AsCompletedTests.test_zero_timeout": PENDING,
    "AsCompletedTests.test_future_times_out": PENDING,
    "ExecutorTest.test_map_timeout": PENDING,
    "ExecutorShutdownTest.test_cancel_futures": PENDING,
    "ExecutorShutdownTest.test_hang_gh94440": PENDING,
    "ExecutorShutdownTest.test_submit_after_interpreter_shutdown": AT_EXIT,
    "InitializerMixin.test_initializer": NO_WORKER,
    "FailingInitializerMixin.test_initializer": NO_WORKER,
}
PROCESSES = {
    "ExecutorDeadlockTest.test_exit_at_task_unpickle": ONE_FAILS,
    "ExecutorDeadlockTest.test_error_at_task_unpickle": ONE_FAILS,
    "ExecutorDeadlockTest.test_error_during_result_unpickle_in_result_handler": ONE_FAILS,
    "ExecutorDeadlockTest.test_exit_during_result_unpickle_in_result_handler": ONE_FAILS,
    "ExecutorDeadlockTest.test_gh105829_should_not_deadlock_if_wakeup_pipe_full": INSIDE,
    "ProcessPoolExecutorTest.test_max_tasks_per_child_defaults_to_spawn_context": FORK_SERVER,
    "ProcessPoolExecutorTest.test_python_finalization_error": INSIDE,
    "ProcessPoolExecutorTest.test_saturation": INHERITED,
    "ProcessPoolExecutorTest.test_max_workers_too_large": WINDOWS,
}
BROKERS = {
    "ExecutorTest.test_no_stale_references": OBJECTS,
    "ExecutorTest.test_free_reference": OBJECTS,
    "InitializerMixin.test_initializer": ELSEWHERE,
    "FailingInitializerMixin.test_initializer": ELSEWHERE,
}
DIFFERENCES: dict[str, dict[str, str]] = {"serial": SERIAL, "threads": {}, "processes": PROCESSES, "brokers": BROKERS}
"""Kind of executor → test → why it is not run."""

GENERIC = [
    "ExecutorTest",
    "WaitTests",
    "AsCompletedTests",
    "InitializerMixin",
    "FailingInitializerMixin",
    "ExecutorShutdownTest",
]
CLASSES: dict[str, list[str]] = {
    "serial": GENERIC,
    "brokers": GENERIC,
    "threads": [*GENERIC, "ThreadPoolExecutorTest", "ThreadPoolWaitTests"],
    "processes": [*GENERIC, "ProcessPoolExecutorTest", "ExecutorDeadlockTest"],
}
"""Kind of executor → classes of tests. The other ones name the executors of the standard library."""
