"""One workload through every way Python shares work: how fast, at what cost, and what is lost when something dies."""

__version__ = "0.1.0"
