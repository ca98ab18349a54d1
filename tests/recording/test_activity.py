"""What the workers are doing is seen from outside, and costs few descriptors."""

import os
import threading
from pathlib import Path

import pytest
from waiting import PATIENCE

from crossover.recording import activity

FILES = Path("/proc/self/fd")


@pytest.fixture
def file(monkeypatch):
    file = activity.ActivityFile()
    monkeypatch.setenv(activity.FILE, file.path)
    activity._forget()
    yield file
    file.close()
    activity._forget()


def test_a_hundred_threads_are_seen_and_keep_few_descriptors(file):
    before = len(list(FILES.iterdir()))
    begun, told = threading.Barrier(101), threading.Event()

    def work(number):
        activity.of_this_worker()[0] = number
        begun.wait(PATIENCE)
        told.wait(PATIENCE)

    threads = [threading.Thread(target=work, args=[number]) for number in range(1, 101)]
    for thread in threads:
        thread.start()
    begun.wait(PATIENCE)
    entries = file.entries()
    kept = len(list(FILES.iterdir())) - before
    told.set()
    for thread in threads:
        thread.join()
    assert sorted(entry.since for entry in entries) == list(range(1, 101))
    assert {entry.pid for entry in entries} == {os.getpid()}
    assert kept <= 2
