"""What is known of a user's function without its module, and what is refused before anything runs."""

import pickle
import sys
import textwrap

import pytest

from workloads import catalogue
from workloads.base import InputError
from workloads.custom.inspection import inspect_reference

ASYNC = "async def run(item): return item"


@pytest.mark.parametrize(
    ("source", "instead"),
    [
        (ASYNC, "def run_one(item): return asyncio.run(run(item))"),
        (f"{ASYNC}\nimport functools\nrun = functools.partial(run)", "asyncio.run"),
        (f"{ASYNC}\nimport functools\nrun = functools.cache(run)", "asyncio.run"),
        ("class Run:\n  async def __call__(self, item): return item\nrun = Run()", "asyncio.run"),
        ("class Run:\n  async def run(self, item): return item\nrun = Run().run", "asyncio.run"),
        ("async def run(item): yield item", "[value async for value in run(item)]"),
        ("def run(item): yield item", "def run_one(item): return list(run(item))"),
        ("class Run:\n  def __call__(self, item): yield item\nrun = Run()", "list(run(item))"),
        ("def run(a, b): return a", "missing a required argument: 'b'"),
        ("def run(): return 1", "too many positional arguments"),
        ("def run(*, item): return item", "def run_one(item): return run(*item)"),
        ("import functools\n@functools.cache\ndef run(a, b): return a", "missing a required argument: 'b'"),
        ("class Run:\n  def run(self, item): return item\nrun = Run.run", "make an object in the module"),
        ("from workloads.noop import Noop as run", "name an object of it"),
        ("run = 3", "of type int, not a function that can be called"),
    ],
)
def test_what_no_worker_can_call_with_an_item_is_refused_with_what_to_write_instead(inspect, source, instead):
    with pytest.raises(InputError) as refused:
        inspect(source)
    assert instead in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "source",
    [
        "from builtins import len as run",
        "from math import sqrt as run",
        "run = str.upper",
        "from operator import itemgetter; run = itemgetter(0)",
        "class run:\n  def __init__(self, item): ...",
        "class Run:\n  @staticmethod\n  def __call__(item): return item\nrun = Run()",
        "def run(item, more=1): return item",
        "def run(*items): return items",
        "import functools\ndef f(a, b): return a\nrun = functools.partial(f, 1)",
        f"{ASYNC}\nimport asyncio, functools\nf = run\n@functools.wraps(f)\ndef run(item): return asyncio.run(f(item))",
        "import functools\ndef f(item, db): ...\n@functools.wraps(f)\ndef run(*args): return f(*args, None)",
    ],
)
def test_everything_that_takes_one_item_is_accepted(inspect, source):
    assert inspect(source).reference == "mine:run"


PROXY = """
    class Proxy:
        def __getattr__(self, name): return Proxy()
        def __call__(self, *items): return items
    run = Proxy()
"""  # as in xmlrpc.client


def test_an_object_that_has_every_attribute_is_no_task_of_a_library_and_has_no_check(inspect):
    assert not inspect(PROXY).checks


@pytest.mark.parametrize(
    ("check", "counts", "warned"),
    [
        ("run.check = lambda item, value: True", True, False),
        ("run.check = lambda *both: True", True, False),
        ("run.check = lambda word: True", False, True),
        ("run.check = True", False, True),
        ("class Run:\n  def __call__(self, item): ...\n  def check(self, word): ...\nrun = Run()", False, False),
        ("class Run:\n  check = True\n  def __call__(self, item): ...\nrun = Run()", False, False),
        ("class Run:\n  def __call__(self, item): ...\n  def check(self, item, value): ...\nrun = Run()", True, False),
    ],
)
def test_a_check_counts_only_if_it_takes_item_and_value(inspect, check, counts, warned):
    found = inspect(f"def run(item): return item\n{check}")
    assert found.checks is counts
    assert bool(found.notes) is warned


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("raise RuntimeError('not today')", "module 'mine' cannot be imported: RuntimeError: not today"),
        ("import sys; sys.exit(3)", "module 'mine' cannot be imported: SystemExit: 3"),
        ("class Stop(BaseException): ...\nraise Stop('here')", "module 'mine' cannot be imported: Stop: here"),
        ("def __getattr__(name): raise ImportError('no extra')", "mine:run cannot be used: ImportError: no extra"),
        ("def walk(): ...", "mine has no 'run'"),
        (
            "class Run:\n  __call__ = abs\n  @property\n  def check(self): raise OSError('shut')\nrun = Run()",
            "mine:run cannot be used: OSError: shut",
        ),
        (
            "class Odd(Exception):\n  def __str__(self): return self.args[9]\nraise Odd",
            "module 'mine' cannot be imported: Odd: its message cannot be shown",
        ),
    ],
)
def test_a_module_that_cannot_be_used_is_said_with_the_reason(inspect, statement, why):
    with pytest.raises(InputError) as refused:
        inspect(statement)
    assert str(refused.value) == why


WORKLOAD = """
    import enum
    from workloads.base import Workload

    class Name(str, enum.Enum):
        MINE = "mine"

    class Own(Workload):
        name = Name.MINE
        reference = "mine:double"
        usual_tasks = 3
        kept = [[1], [2]]

        def payloads(self, tasks): return self.kept
        def check(self, payload, value): return value == payload * 2

    def double(payload): return payload * 2

    run = Own()
"""


def test_of_a_workload_only_plain_facts_are_known_and_the_rest_is_imported_on_use(inspect):
    facts = pickle.dumps(inspect(WORKLOAD))
    del sys.modules["mine"]
    made = catalogue.make("mine:run", inspect=lambda *_: pickle.loads(facts))
    assert (made.usual_tasks, made.reference, made.checks) == (3, "mine:double", True)
    carried = pickle.loads(pickle.dumps(made))
    assert "mine" not in sys.modules
    first = carried.payloads(3)
    first[0].append("changed")
    assert carried.payloads(3) == [[1], [2]]
    assert carried.wrong([[1], [2]], [[1, 1], 3]) == [1]
    assert pickle.loads(pickle.dumps(carried)).check([1], [1, 1])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("del Own.reference", "mine:run is not a complete workload: AttributeError"),
        ("Own.usual_tasks = 0", "usual_tasks is 0, not 1 or more"),
        ("Own.reference = 'mine:treble'", "mine has no 'treble'"),
        ("async def double(payload): ...", "mine:run: mine:double is an async function"),
    ],
)
def test_a_workload_that_lacks_something_is_refused(inspect, change, why):
    with pytest.raises(InputError, match=why):
        inspect(textwrap.dedent(WORKLOAD) + change)


@pytest.mark.parametrize("method", ["payloads", "expect", "check"])
def test_a_workload_that_raises_is_named_with_the_method(inspect, tmp_path, method):
    inspect(textwrap.dedent(WORKLOAD) + f"def fail(*_): raise OSError('gone')\nOwn.{method} = fail")
    made = catalogue.make("mine:run", inspect=lambda name, _: inspect_reference(name, str(tmp_path)))
    with pytest.raises(InputError, match=f"mine:run.{method} failed: OSError: gone"):
        {"payloads": lambda: made.payloads(1), "expect": lambda: made.expect([]), "check": lambda: made.check(1, 1)}[
            method
        ]()


def test_a_module_may_be_elsewhere_where_the_current_folder_has_been_removed(inspect, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    facts = inspect(WORKLOAD)
    asked = []
    catalogue.make("mine:run", inspect=lambda *what: asked.append(what) or facts)
    assert asked == [("mine:run", "")]
