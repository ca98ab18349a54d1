"""One tree of errors; an error without a message shows the sentence of its docstring."""

from __future__ import annotations


class CrossoverError(Exception):
    """Something went wrong in crossover."""

    def __str__(self) -> str:
        return super().__str__() or self.__doc__ or type(self).__name__  # no docstrings under -OO


class UsageError(CrossoverError):
    """The request makes no sense."""


class UnusableError(CrossoverError):
    """A transport that was requested cannot be used here."""


class StartError(UnusableError):
    """The workers did not become ready."""


class BrokenError(CrossoverError):
    """The transport broke in the middle of a run."""
