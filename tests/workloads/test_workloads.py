"""Every built-in workload: what it runs is right by its own check, and what is wrong is not."""

import importlib
import pickle

import pytest

from crossover.contract.tasks import Batch
from local_ipc.channels.pickling import pack
from workloads import catalogue
from workloads.base import InputError, resolve

WRONG = object()


@pytest.fixture(params=catalogue.NAMES)
def workload(request, tmp_path):
    if request.param != "files":
        return catalogue.make(request.param)
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("x" * number)
    return catalogue.make("files", str(tmp_path))


def test_what_it_runs_is_right_and_anything_else_is_not(workload):
    payloads = workload.payloads(5)[:5]
    workload.expect(payloads)
    values = [workload.run(payload) for payload in payloads]
    assert workload.wrong(payloads, values) == []
    assert workload.wrong(payloads, [WRONG] * len(payloads)) == list(range(len(payloads)))
    assert all(workload.check(payload, value) for payload, value in zip(payloads, values, strict=True))
    assert not any(workload.check(payload, WRONG) for payload in payloads)


def test_it_travels_to_a_producer_with_what_was_computed_before(workload, monkeypatch):
    payloads = workload.payloads(5)[:5]
    values = [workload.run(payload) for payload in payloads]
    workload.prepare(5)
    module = importlib.import_module(workload.reference.partition(":")[0])
    monkeypatch.setattr(module, "run", lambda _: pytest.fail("it was computed again"))
    carried = pickle.loads(pickle.dumps(workload))
    carried.expect(payloads)
    assert carried.wrong(payloads, values) == []


def test_one_wrong_value_is_found_at_its_place(workload):
    payload = workload.payloads(3)[0]
    workload.expect([payload])
    values = [workload.run(payload), WRONG, workload.run(payload)]
    assert workload.wrong([payload] * 3, values) == [1]


def test_it_says_how_many_tasks_are_usual_and_has_a_payload_for_the_first(workload):
    assert workload.usual_tasks >= 1
    assert len(workload.payloads(1)) >= 1


def test_a_worker_finds_its_function(workload):
    assert resolve(workload.reference) == workload.run


@pytest.mark.parametrize("name", ["power", "digest", "mixed", "payload"])
def test_the_seed_draws_the_payloads(name):
    drawn = [catalogue.make(name, seed=seed).payloads(10)[:10] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(("name", "different"), [("noop", 1), ("sleep", 1), ("payload", 4_096), ("power", 1_000)])
def test_how_many_different_payloads_there_are(name, different):
    assert len(catalogue.make(name).payloads(5_000)) == different


@pytest.mark.parametrize(("size", "tasks"), [(0, 10_000), (1024, 10_000), (2**20, 256), (64 * 2**20, 8)])
def test_payloads_have_the_size_asked_for_and_fewer_tasks_are_usual_for_large_ones(size, tasks):
    made = catalogue.make("payload", payload_bytes=size)
    assert len(made.payloads(1)[0]) == size
    assert made.usual_tasks == tasks


def test_files_are_taken_in_the_order_of_their_paths_folders_below_included(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "b/x.txt", "a.txt"):
        (tmp_path / name).touch()
    files = catalogue.make("files", str(tmp_path))
    assert files.payloads(3) == [str(tmp_path / name) for name in ("a.txt", "b/x.txt", "c.txt")]
    assert files.usual_tasks == 3


def test_without_a_folder_files_are_those_of_the_standard_library():
    files = catalogue.make("files")
    assert files.usual_tasks > 500
    assert not any("site-packages" in path for path in files.payloads(1))


def test_a_file_that_changed_since_is_not_right_any_more(tmp_path):
    (tmp_path / "file").write_text("before")
    files = catalogue.make("files", str(tmp_path))
    (payload,) = files.payloads(1)
    files.expect([payload])
    (tmp_path / "file").write_text("after")
    assert files.wrong([payload], [files.run(payload)]) == [0]


def test_an_unknown_workload_is_refused_with_what_there_is():
    with pytest.raises(InputError, match=r"there is no workload 'pwoer' \(did you mean 'power'"):
        catalogue.make("pwoer")


def test_every_payload_of_a_batch_is_carried_in_full():
    payloads = catalogue.make("payload", payload_bytes=10_000).payloads(16)
    (message,), _ = pack(Batch(0, 16, payloads))
    assert len(message) > 16 * 10_000
