"""Who runs it: the worker loop and the processes around it, for every transport that starts processes."""
