"""The file that processes share: its descriptor is closed once, however often it is told to."""

import errno
import mmap
import os

import pytest

from crossover.recording.storage import SharedFile


def test_a_file_that_is_closed_twice_does_not_close_what_has_got_its_number():
    file = SharedFile()
    number = file.descriptor
    file.close()
    other = os.open(os.devnull, os.O_RDONLY)
    os.dup2(other, number)
    try:
        file.close()
        os.fstat(number)
    finally:
        for descriptor in {number, other}:
            os.close(descriptor)


@pytest.mark.parametrize("refusal", [errno.ENOSYS, errno.EPERM, errno.EACCES])
def test_where_the_system_has_no_files_in_memory_it_lies_on_the_disk(monkeypatch, refusal):
    monkeypatch.setattr(os, "memfd_create", failing(refusal))
    file = SharedFile()
    file.octets("one", 3)[:] = b"abc"
    assert os.pread(file.descriptor, 3, 0) == b"abc"
    file.close()


def test_where_there_is_no_descriptor_left_that_is_said(monkeypatch):
    monkeypatch.setattr(os, "memfd_create", failing(errno.EMFILE))
    with pytest.raises(OSError, match="Too many open files"):
        SharedFile()


def test_each_array_has_a_place_of_its_own_and_the_file_is_as_small_as_that(tmp_path):
    file, page = SharedFile(), mmap.ALLOCATIONGRANULARITY
    one, numbers, last = file.octets("one", page), file.numbers("numbers", "q", 2), file.octets("last", page + 1)
    assert os.fstat(file.descriptor).st_size == 4 * page
    again = SharedFile(os.dup(file.descriptor))
    others = again.octets("one", page), again.numbers("numbers", "q", 2), again.octets("last", page + 1)
    one[-1], numbers[1], last[-1] = 1, 2**40, 3
    assert (others[0][-1], others[1][1], others[2][-1]) == (1, 2**40, 3)
    file.save(tmp_path)
    assert [len((tmp_path / name).read_bytes()) for name in ("one", "numbers", "last")] == [page, 16, page + 1]
    for made in (file, again):
        descriptor = made.descriptor
        made.close()
        assert made.descriptor == -1
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
    assert numbers[1] == 2**40  # the arrays can still be used


def failing(number):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    return fail
