"""One workload through every way Python shares work: how fast, at what cost, and what is lost when something dies."""

__version__ = "0.1.0"
__all__ = ["Executor"]


def __getattr__(name: str) -> object:
    """Import what is public when it is used: `crossover --help` is instant."""
    if name == "Executor":
        from crossover.jobs.executor import Executor  # noqa: PLC0415

        return Executor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
