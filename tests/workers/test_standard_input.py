"""Functions of others find no standard input; who has taken it goes on reading it."""

import subprocess
import sys

from waiting import PATIENCE

READS = """
import os, subprocess, sys
from crossover.workers.standard_input import take_standard_input
taken = take_standard_input()
found = [os.read(taken, 1), sys.stdin.read(), subprocess.run(["cat"], capture_output=True).stdout, os.read(taken, 9)]
program = f"import os; os.fstat({taken})"
print(*found, subprocess.run([sys.executable, "-c", program], close_fds=False, capture_output=True).returncode)
"""


def test_only_who_has_taken_it_reads_it():
    ended = subprocess.run(
        [sys.executable, "-c", READS], input=b"123", capture_output=True, timeout=PATIENCE, check=True
    )
    assert ended.stdout == b"b'1'  b'' b'23' 1\n"
