"""Journals can be read while their workers write them: who is in the middle of a task, and how much is done."""

from crossover.recording.journals.journal import BEGUN, DONE, Journal
from crossover.recording.journals.live_journals import event_count, is_busy, journal_pids


def test_a_worker_is_busy_from_the_beginning_of_a_task_to_its_end(tmp_path):
    journal = Journal(tmp_path)
    (pid,) = journal_pids(tmp_path)
    assert not is_busy(tmp_path, pid)
    journal.note(7, BEGUN)
    assert is_busy(tmp_path, pid)
    journal.note(7, DONE)
    assert not is_busy(tmp_path, pid)


def test_events_of_all_journals_are_counted(tmp_path):
    journal = Journal(tmp_path)
    (path,) = tmp_path.iterdir()
    journal.note(1, BEGUN)
    (tmp_path / "1.journal").write_bytes(path.read_bytes() * 2)
    assert event_count(tmp_path) == 3
    assert event_count(tmp_path / "gone") == 0
