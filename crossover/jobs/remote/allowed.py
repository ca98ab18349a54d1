"""What a worker may run: the functions and modules that its user has listed.

    module:function   exactly this one, whatever kind of object it is
    module            functions and classes defined in it, or in a module of that package, whose name has no leading `_`
    workloads         the functions of the built-in workloads; no other function of that package
    *                 everything that can be imported: for messages that are known to be one's own, by their signature

Any client of the broker may have sent a message. So the name in it is checked before anything is imported, and what was
found is checked again: a module also offers whatever it has imported itself.
"""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from brokers.external.allowlist import expanded
from brokers.messages import Refused
from crossover.contract.errors import UsageError
from crossover.contract.text import describe, readable
from crossover.jobs.remote.main_module import MAIN, main_module, name_on_the_wire

EVERYTHING = "*"
LONGEST_NAME = 200  # characters of a name that somebody has sent, in a sentence
OWN_ERRORS = "crossover.jobs.errors"


class AllowList:
    """Functions and classes that messages may name.

    Args:
        modules: "module", or "module:function".
        everything: whether everything that can be imported is allowed; for messages that are known to be one's own.

    Raises:
        UsageError: one of them is no name of a module or function, or allows too much.
    """

    def __init__(self, modules: Iterable[str] = (), *, everything: bool = False) -> None:
        given = tuple(dict.fromkeys(one for module in modules for one in expanded(module)))
        self.everything = everything or EVERYTHING in given
        self.listed = tuple(one for one in given if one != EVERYTHING)
        self._found: dict[str, Any] = {}
        for one in self.listed:
            module, colon, name = one.partition(":")
            if not all(part.isidentifier() for part in module.split(".")) or (
                colon and not all(part.isidentifier() for part in name.split("."))
            ):
                raise UsageError(f"{readable(one)!r} is no module, and no function as module:function")
            if module == "builtins" and not colon:
                raise UsageError("builtins would allow exec and eval: name its functions, as builtins:pow")

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.listed, self.everything)

    def also(self, module: str | None) -> None:
        """Allow a module, too, which this process knows: it has submitted a function of it."""
        if module and module not in self.listed and module not in {"builtins", MAIN}:
            self.listed = (*self.listed, module)

    def permits(self, reference: str) -> bool:
        """Return whether "module:name" may be looked up; imports nothing."""
        module, _, name = reference.partition(":")
        words = (*module.split("."), *name.split("."))
        if reference in self.listed:
            return True
        if not all(word.isidentifier() for word in words):
            return False
        return self.everything or (not any(word.startswith("_") for word in words) and self._lists(module))

    def function(self, reference: str) -> Any:
        """Return a function that may run.

        Args:
            reference: "module:function", as a message names it.

        Raises:
            Refused: it must not run, or cannot be imported.
        """
        if (found := self._found.get(reference)) is not None:
            return found
        shown = readable(reference[:LONGEST_NAME])
        if not self.permits(reference):
            raise Refused(f"this worker does not run {shown!r}: {self._way_out(shown)}")
        found = self._import(reference, shown)
        if not callable(found):
            raise Refused(f"{shown!r} is no function")
        exact = reference in self.listed or self.everything
        if not exact and not (_is_definition(found) and self._lists(found.__module__)):
            raise Refused(
                f"this worker does not run {shown!r}, which is no function of that module: allow it by name, "
                f"with --allow {shown}"
            )
        self._found[reference] = found
        return found

    def class_of(self, module: str, name: str) -> type:
        """Return a class whose objects a message may carry.

        Raises:
            Refused: it is not allowed, or cannot be imported.
        """
        reference = f"{module}:{name}"
        found = self._found.get(reference)
        if found is None:
            shown = readable(reference[:LONGEST_NAME])
            if not self.permits(reference):
                raise Refused(f"objects of {shown!r} are not accepted here: {self._way_out(shown)}")
            found = self._import(reference, shown)
        if not isinstance(found, type) or name_on_the_wire(found.__module__) != module:
            raise Refused(f"{readable(reference[:LONGEST_NAME])!r} is no class of that module")
        self._found[reference] = found
        return found

    def exception(self, module: str, name: str) -> type[BaseException] | None:
        """Return the class of an exception: of an allowed module, a builtin one, or one that this process knows."""
        try:
            found: Any
            if self.permits(f"{module}:{name}"):
                found = self.class_of(module, name)
            else:
                known = module == OWN_ERRORS or module.partition(".")[0] in sys.stdlib_module_names
                found = operator.attrgetter(name)(sys.modules[module]) if known else None
        except (Refused, KeyError, AttributeError):
            return None
        return found if isinstance(found, type) and issubclass(found, BaseException) else None

    def _import(self, reference: str, shown: str) -> Any:
        module, _, name = reference.partition(":")
        try:
            return operator.attrgetter(name)(main_module() if module == MAIN else import_module(module))
        except (Exception, SystemExit) as error:
            raise Refused(f"{shown!r} cannot be imported here: {describe(error)}") from error

    def _lists(self, module: str) -> bool:
        return any(f"{module}.".startswith(f"{one}.") for one in self.listed if ":" not in one)

    def _way_out(self, shown: str) -> str:
        has = ", ".join(self.listed) or "nothing"
        return f"it allows {has}; start it with --allow {shown.partition(':')[0]} or --allow {shown}"


def _is_definition(found: Any) -> bool:
    return inspect.isroutine(found) or isinstance(found, type)


def _remade(listed: tuple[str, ...], everything: bool) -> AllowList:  # noqa: FBT001 - by position only
    return AllowList(listed, everything=everything)
