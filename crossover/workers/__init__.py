"""Workers: the worker loop, and the processes that run it, for every transport that starts processes.

Also what is true of every process of ours, the template and producers included: how it is started and ended
(`processes`), what it may use of the machine (`limits`), how it is interrupted, where its prints go, and what the
libraries of transports may log and warn of there.
"""
