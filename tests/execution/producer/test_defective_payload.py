"""One payload is too large, or cannot be pickled; all others are as they were."""

import pickle

import pytest

from crossover.execution.producer.defective_payload import LARGE, Defect, with_defective_payload
from workloads.base import Workload

MIB = 2**20


class Lists(Workload):
    name, reference = "lists", "task_functions:echo"

    def payloads(self, tasks):
        return [[number] for number in range(tasks)]

    def check(self, payload, value):
        return True


@pytest.mark.parametrize(("limit", "size"), [(1_000, 1_000), (0, 64 * MIB)])
def test_an_oversize_payload_is_as_large_as_the_limit_or_64_mib_where_there_is_none(limit, size):
    payloads = with_defective_payload(Lists(), 5, Defect.OVERSIZE, 3, limit).payloads(5)
    assert [len(one) for one in payloads] == [1, 1, 1, 2, 1]
    assert [one[0] for one in payloads] == [0, 1, 2, 3, 4]
    assert payloads[3][1] == bytes(size)
    assert LARGE == 64 * MIB


def test_an_unpicklable_payload_cannot_be_pickled_and_the_others_can():
    payloads = with_defective_payload(Lists(), 3, Defect.UNPICKLABLE, 1, 0).payloads(3)
    pickle.dumps([payloads[0], payloads[2]])
    with pytest.raises(TypeError, match="lock"):
        pickle.dumps(payloads[1])


def test_a_part_of_the_run_has_as_many_payloads_as_it_has_tasks():
    assert with_defective_payload(Lists(), 5, Defect.OVERSIZE, 1, 8).payloads(2) == [[0], [1, bytes(8)]]
