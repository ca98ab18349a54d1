"""Claims about processes: what is found here, and that the verdict turns where processes behave otherwise."""

import multiprocessing
import os
import threading
from multiprocessing import util
from multiprocessing.connection import wait
from types import SimpleNamespace

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import processes
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def forks(monkeypatch):
    """A child begins with what a test has planted."""
    monkeypatch.setattr(processes, "multiprocessing", multiprocessing.get_context("fork"))


@pytest.mark.parametrize(
    ("name", "verdict", "english", "chinese"),
    [
        ("process-create", ClaimVerdict.TRUE, "exit codes were 0 and 0. After terminate", "退出码为 0 和 0"),
        ("process-daemon", ClaimVerdict.BUT, "whose parent was killed, 3 went on", "3 个继续运行"),
        ("process-isolated", ClaimVerdict.TRUE, "fork: 99, spawn: 0, forkserver: 0", "父进程中的值：100"),
        ("process-resource-unit", ClaimVerdict.BUT, "3 MiB and 3 files;", "主进程看到 0 MiB 和 0 个文件"),
    ],
)
def test_what_is_found(name, verdict, english, chinese):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert english in Messages("en").seen(run)
    assert chinese in Messages("zh").seen(run)


def test_a_process_is_made_from_a_target_or_by_a_subclass_and_is_joined_or_terminated():
    found = processes.process_create()
    assert found.verdict is ClaimVerdict.TRUE
    assert len({os.getpid(), *found.facts["pids"].values()}) == 4
    assert (found.facts["codes"]["target"], found.facts["codes"]["subclass"]) == (0, 0)


def test_a_terminate_that_does_not_end_the_process_is_noticed(monkeypatch):
    monkeypatch.setattr(multiprocessing.Process, "terminate", lambda _: None)
    monkeypatch.setattr(processes, "DEADLINE", 1.0)
    found = processes.process_create()
    assert found.verdict is ClaimVerdict.FALSE
    assert not found.facts["codes"]["terminated"]


@pytest.mark.long
def test_a_subclass_whose_run_is_not_called_is_noticed(monkeypatch, forks):
    monkeypatch.setattr(processes.Teller, "run", lambda _: None)
    monkeypatch.setattr(processes, "DEADLINE", 1.0)
    found = processes.process_create()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["pids"]["subclass"] == 0


def test_children_that_are_no_process_of_their_own_are_noticed(monkeypatch, forks):
    own = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: own)
    assert processes.process_create().verdict is ClaimVerdict.FALSE


def test_a_daemon_ends_with_a_parent_that_returns_and_outlives_one_that_is_killed():
    found = processes.process_daemon()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts == {"tries": 3, "waited": 3, "ended": 3, "outlived": 3}


@pytest.mark.long
def test_a_parent_that_neither_waits_for_children_nor_ends_daemons_is_noticed(monkeypatch, forks):
    monkeypatch.setattr(util, "_exit_function", lambda: None)
    monkeypatch.setattr(processes, "PATIENCE", processes.DEADLINE)
    found = processes.process_daemon()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts == {"tries": 3, "waited": 0, "ended": 0, "outlived": 3}


def end_with_parent(connection):
    connection.send("begun")
    parent = multiprocessing.parent_process().sentinel
    if parent not in wait([connection, parent], processes.DEADLINE):
        connection.send("done")


@pytest.mark.long
def test_a_daemon_that_watches_its_parent_ends_also_where_that_is_killed(monkeypatch, forks):
    monkeypatch.setattr(processes, "work_until_told", end_with_parent)
    found = processes.process_daemon()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["outlived"] == 0


def test_a_child_changes_its_own_globals_and_begins_with_those_of_its_parent_only_if_forked():
    found = processes.process_isolated()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["parent"] == 100
    assert found.facts["children"] == {"fork": 99, "spawn": 0, "forkserver": 0}


class Thread(threading.Thread):
    def kill(self):
        pass


def test_children_that_share_globals_are_noticed(monkeypatch):
    with_threads = SimpleNamespace(
        get_all_start_methods=lambda: ["fork"],
        get_context=lambda _: SimpleNamespace(Pipe=multiprocessing.Pipe, Process=Thread),
    )
    monkeypatch.setattr(processes, "multiprocessing", with_threads)
    found = processes.process_isolated()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["parent"] == 99


def test_a_child_that_does_not_answer_tells_nothing(monkeypatch):
    monkeypatch.setattr(processes, "take_one", print)
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["fork"])
    monkeypatch.setattr(processes, "DEADLINE", 0.1)
    found = processes.process_isolated()
    assert found.verdict is ClaimVerdict.COULD_NOT_TELL
    assert found.reason


def test_threads_share_memory_and_files_and_each_has_its_own_share_of_the_cpu():
    found = processes.process_resource_unit()
    assert found.verdict is ClaimVerdict.BUT
    assert (found.facts["thread_memory"], found.facts["thread_files"]) == (3, 3)
    assert (found.facts["process_memory"], found.facts["process_files"]) == (0, 0)
    assert found.facts["thread_nice"] == found.facts["main_nice"] + 1


@pytest.mark.long
def test_a_share_of_the_cpu_that_only_processes_have_makes_the_claim_true(monkeypatch):
    monkeypatch.setattr(os, "nice", lambda _: os.getpriority(os.PRIO_PROCESS, 0))
    assert processes.process_resource_unit().verdict is ClaimVerdict.TRUE


@pytest.mark.parametrize("kind", [threading.Thread, multiprocessing.get_context("fork").Process])
def test_threads_and_processes_that_do_not_differ_are_noticed(monkeypatch, kind):
    monkeypatch.setattr(threading, "Thread", kind)
    monkeypatch.setattr(multiprocessing, "Process", kind)
    assert processes.process_resource_unit().verdict is ClaimVerdict.FALSE


def test_one_that_has_given_up_all_of_its_share_cannot_tell(monkeypatch):
    monkeypatch.setattr(os, "getpriority", lambda *_: processes.NICEST)
    assert processes.process_resource_unit().verdict is ClaimVerdict.COULD_NOT_TELL
