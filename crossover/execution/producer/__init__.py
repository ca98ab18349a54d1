"""The producer process of a run, and the handle through which it is supervised."""
