"""Other interpreters, in which what an experiment uses behaves differently: the real command checks claims by them."""

import textwrap

import pytest
from other_pythons import make_python

POOL = """
import multiprocessing.context, os, pathlib, subprocess, time
from multiprocessing import shared_memory

def Pool(*_, **__):
{body}

multiprocessing.context.BaseContext.Pool = multiprocessing.Pool = Pool
"""
HANGS = """
    multiprocessing.Process(target=time.sleep, args=(600,)).start()
    subprocess.Popen(["sleep", "600"])
    memory = shared_memory.SharedMemory(create=True, size=4096)
    pathlib.Path("memory").write_text(memory.name)
    while True:
        time.sleep(600)
"""
"""How a pool is made that hangs; what it has started must go with it."""


@pytest.fixture(scope="session")
def where_a_pool(tmp_path_factory):
    """Make an interpreter in which making a pool does something else; return its path."""
    made = {}

    def make(body):
        if body not in made:
            code = POOL.format(body=textwrap.indent(textwrap.dedent(body).strip(), "    "))
            made[body] = make_python(tmp_path_factory.mktemp("pythons") / "planted", code=code)
        return made[body]

    return make


@pytest.fixture
def hanging(where_a_pool):
    """An interpreter in which a pool hangs."""
    return where_a_pool(HANGS)
