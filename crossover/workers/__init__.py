"""Workers: the worker loop, and the processes that run it, for every transport that starts processes."""
