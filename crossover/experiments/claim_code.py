"""The lines of an experiment: a lesson is complete only with the functions that it starts in processes and threads.

Nothing but the standard library is imported here, so that any Python can run the experiments.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from typing import Any

FOR_CHECKS = re.compile(r"  # (noqa|type: ignore).*")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def code_of(function: Callable[..., Any]) -> str:
    """Return the lines of a function, with all of its module that it uses: constants first, then functions and classes.

    Args:
        function: at the top of a module.
    """
    source = inspect.getsource(inspect.getmodule(function) or function)
    top = {name: node for node in ast.parse(source).body for name in _names(node)}
    used, left = set(), [function.__name__]
    while left:
        name = left.pop()
        if name in top and name not in used:
            used.add(name)
            left += [one.id for one in ast.walk(top[name]) if isinstance(one, ast.Name)]
    nodes = dict.fromkeys(node for name, node in top.items() if name in used)
    constants = [_lines(source, node) for node in nodes if not isinstance(node, DEFINITIONS)]
    definitions = [_lines(source, node) for node in nodes if isinstance(node, DEFINITIONS)]
    return "\n\n".join(["".join(constants), *definitions] if constants else definitions)


def _names(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a module defines."""
    if isinstance(node, DEFINITIONS):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def _lines(source: str, node: ast.stmt) -> str:
    """Return whole lines, with decorators before and comments behind, other than those for programs that check code."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "".join(f"{FOR_CHECKS.sub('', line)}\n" for line in source.splitlines()[first - 1 : node.end_lineno])
