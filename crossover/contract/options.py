"""What can be set in a transport's URL: `name://?option=value`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self, TypeVar

import msgspec

from crossover.contract.errors import UsageError
from workloads.base import nearest


class Options(msgspec.Struct, frozen=True):
    """What can be set, with defaults; a transport with nothing to set uses this class itself.

    Attributes:
        allowed: per option, what it may be, in words.
        quick_redelivery: option → value with which a dead worker's tasks are delivered again after seconds; fault runs
            set it where the user does not.
    """

    allowed: ClassVar[Mapping[str, str]] = {}
    quick_redelivery: ClassVar[Mapping[str, str]] = {}

    @property
    def own_workers(self) -> bool:
        """Whether it is we who start the workers."""
        return True

    def variants(self) -> Mapping[str, Self]:
        """Return setting, as in a URL → the options with it: what `crossover scale` tries beside them, and shows."""
        return {}


OptionsT = TypeVar("OptionsT", bound=Options)


def read_options(transport: str, kind: type[OptionsT], given: Mapping[str, str]) -> OptionsT:
    """Turn a URL's query into options.

    Args:
        transport: the name, for messages.
        kind: which options there are.
        given: option → value, as typed.

    Raises:
        UsageError: an unknown option, or a value that is not allowed.
    """
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in given:
            try:
                values[field.name] = msgspec.convert(given[field.name], field.type, strict=False)
            except msgspec.ValidationError as error:
                wrong = f"{transport}: {field.name} cannot be {given[field.name]!r}"
                raise UsageError(f"{wrong}; allowed: {kind.allowed[field.name]}") from error
    for option in given:
        if option not in values:
            known = list(kind.allowed)
            raise UsageError(
                f"{transport} has no option {option!r}{nearest(option, known)}; allowed: {', '.join(known) or 'none'}"
            )
    return kind(**values)
