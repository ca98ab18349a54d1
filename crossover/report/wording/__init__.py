"""Sentences and figures, used by every form of a report."""
