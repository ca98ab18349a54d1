"""The contract of workloads: make payloads, run one, check a value."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from workloads.user_modules import import_module, search_user_folders

OURS = {"workloads", "local_ipc", "brokers", "crossover"}  # packages that need nothing of the user's
WORDS = re.compile(r"[-+]")  # what stands between the words of a name


class InputError(ValueError):
    """The workload, or its input, cannot be used."""


class Workload(ABC):
    """Makes payloads, runs one, and checks a value.

    Attributes:
        name: the name in commands and tables.
        reference: the function that a worker runs, as "package.module:function".
        named: what the user named, as "package.module:name"; empty: it is built in.
        folders: where its module is searched for, instead of the user's folders; empty: there.
        usual_tasks: default number of tasks of a run: all of an input, else about half a second of work.
        on_this_machine: whether the payloads name what only this machine has, such as files.
        payload_bytes: size of each payload, if the workload is about that; else None.
        extensible_payloads: whether each payload is a list that may have one more element, which the function ignores.
        checks: whether `check` decides what is right; if not, the values of different runs are compared.
        keeps_payloads: whether the function leaves every payload as it is, so that it can be used again.
        notes: warnings about the workload, which every run of it repeats.
        remarks: what the user should know of how the input was read, in sentences, once.
    """

    name: str
    reference: str
    named: str = ""
    folders: tuple[str, ...] = ()
    usual_tasks: int = 1_000
    on_this_machine: bool = False
    payload_bytes: int | None = None
    extensible_payloads: bool = False
    checks: bool = True
    keeps_payloads: bool = False
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def run(self) -> Callable[[Any], Any]:
        """The function that a worker calls with one payload."""
        return resolve(self.reference)

    @abstractmethod
    def payloads(self, tasks: int) -> list[Any]:
        """Return the different payloads of a number of tasks, at least one; task t carries payload t % count."""

    def prepare(self, tasks: int) -> None:  # noqa: B027 - not abstract: most have nothing to do
        """Compute what every run needs, once; the workload is pickled to the producer of each run.

        Args:
            tasks: of the largest run.
        """

    def expect(self, payloads: Iterable[Any]) -> None:  # noqa: B027 - likewise
        """Compute the right values of these payloads, before any clock starts."""

    @abstractmethod
    def check(self, payload: Any, value: Any) -> bool:
        """Return whether `value` is right for `payload`."""

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Return the positions at which `values` are not right for `payloads`."""
        check = self.check
        return [
            position
            for position, (payload, value) in enumerate(zip(payloads, values, strict=True))
            if not check(payload, value)
        ]


def resolve(reference: str) -> Callable[[Any], Any]:
    """Return the function that a reference names.

    Args:
        reference: "package.module:function"; the function may be an attribute of an attribute.

    Raises:
        ImportError: the module cannot be imported.
        AttributeError: the module has no such function.
    """
    module, _, path = reference.partition(":")
    make_importable(module)
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]  # it was checked when the reference was made


def make_importable(module: str) -> None:
    """Search the user's folders for modules, too, if a module is not one of ours."""
    if module.partition(".")[0] not in OURS:
        search_user_folders()


def nearest(typed: str, known: Iterable[str], families: Mapping[str, Sequence[str]] = MappingProxyType({})) -> str:
    """Return " (did you mean ...?)" if some of `known` are meant by what was typed, else an empty string.

    These are the members of a family of that name; or all that begin so; or the one that is most similar; or all that
    have it as a word of theirs.

    Args:
        typed: what the user typed.
        known: all names.
        families: another name → those of `known` that it may stand for.
    """
    names, typed = list(known), typed.lower()
    meant = list(families.get(typed, ())) or [name for name in names if len(typed) > 1 and name.startswith(typed)]
    import difflib  # noqa: PLC0415 - imported on use: a name is seldom mistyped

    meant = meant or difflib.get_close_matches(typed, names, n=1, cutoff=0.7)
    meant = meant or [name for name in names if typed in WORDS.split(name)]
    shown = [repr(name) for name in meant]
    several = f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else "".join(shown)
    return f" (did you mean {several}?)" if meant else ""
