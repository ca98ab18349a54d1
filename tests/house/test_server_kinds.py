"""What is true of a kind of server stands in its own folder: no other module decides by a kind's name."""

import ast
import re
from pathlib import Path

import pytest

from brokers.servers.registry import SERVER_KINDS, server_kinds
from crossover.contract.registry import TRANSPORTS

ROOT = Path(__file__).parents[2]
PACKAGES = ["brokers", "crossover", "local_ipc", "workloads"]
LESSONS = ROOT / "crossover" / "experiments" / "claims"  # what each server's own commands do is what they are about
OWN_FOLDERS = [*(ROOT / "brokers" / name for name in SERVER_KINDS), LESSONS]
REFERENCE = re.compile(r"[\w.]+:\w+")  # a table that only says where the code for each kind is decides nothing
SCHEMES = {scheme for kind in server_kinds() for scheme in kind.schemes} - {"unix"}
NAMES = {*SERVER_KINDS, *SCHEMES}
STRING_METHODS = {"startswith", "endswith", "removeprefix", "removesuffix", "get"}


def strings_in(node):
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def keyed_by_kind(keys, values):
    """Return whether keys are names of kinds; `rabbitmq` among the names of other transports is one of these."""
    if all(isinstance(value, ast.Constant) and REFERENCE.fullmatch(str(value.value)) for value in values):
        return False
    found = set().union(*(strings_in(key) for key in keys if key is not None))
    return bool(found & (NAMES - TRANSPORTS.keys())) or (bool(found) and found <= NAMES)


def lists_kinds(elements):
    found = set().union(*map(strings_in, elements))
    return len(elements) > 1 and bool(found) and found <= NAMES


def decides(node):
    """Return whether a piece of code does one thing for one kind of server, and another for the next."""
    match node:
        case ast.Compare(left=left, comparators=right):
            found = any(strings_in(side) & NAMES for side in (left, *right))
        case ast.MatchValue(value=value) | ast.Subscript(slice=ast.Constant() as value):
            found = strings_in(value) & NAMES
        case ast.Dict(keys=keys, values=values):
            found = keyed_by_kind(keys, values)
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
            found = lists_kinds(elements)
        case ast.Call(func=ast.Attribute(attr=method), args=[first, *_]) if method in STRING_METHODS:
            found = strings_in(first) & NAMES
        case _:
            found = False
    return bool(found)


def violations(source):
    return [node.lineno for node in ast.walk(ast.parse(source)) if decides(node)]


def modules():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not any(path.is_relative_to(folder) for folder in OWN_FOLDERS):
                yield path


def test_no_module_decides_by_the_name_of_a_kind_of_server():
    sources = ((path, path.read_text()) for path in modules())
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, source in sources
        if any(f'"{name}' in source for name in NAMES)
        for line in violations(source)
    ]
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        'if kind == "redis": pass',
        'port = 6379 if server != "rabbitmq" else 5672',
        'if parts.scheme in {"redis", "rediss"}: pass',
        'if "memcached" in name: pass',
        'PORTS = {"redis": 6379, "rabbitmq": 5672}',
        'ONE = {"rabbitmq": 5672}',
        'LEVELS = {("redis", "fast"): 1}',
        'KINDS = ("redis", "rabbitmq", "memcached")',
        'url = urls["redis"]',
        'url = urls.get("memcached")',
        'if url.startswith("amqp"): pass',
        'match kind:\n    case "redis":\n        pass',
        'match kind:\n    case "redis" | "memcached":\n        pass',
    ],
)
def test_a_module_that_does_is_found(planted):
    assert violations(planted)


@pytest.mark.parametrize(
    "harmless",
    [
        'server = "redis"',
        'KINDS = {"redis": "brokers.redis.server:RedisKind"}',
        'TRANSPORTS = {"queue": 1, "rabbitmq": 2}',
        'broker = celery_broker("redis")',
        'raise ValueError("no redis")',
        'PACKAGES = ("celery", "redis")',
    ],
)
def test_a_name_alone_decides_nothing(harmless):
    assert not violations(harmless)
