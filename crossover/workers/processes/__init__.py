"""Processes: how one of ours is started and ended, with all that it has started, and how that is told in words."""
