"""The file that processes share: its descriptor is closed once, however often it is told to."""

import os

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
