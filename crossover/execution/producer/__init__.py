"""A run in a producer process: the process, and the handle by which the command supervises it.

The command fills in a `ProducerSpec` and makes a `ProducerHandle`, which starts the process. The process creates the
transport, starts its workers and reports `Ready`; on START it drives the load in a thread and writes its record into
files that survive it; on FINISH it stops the transport and ends. The handle receives its reports, notices its death and
kills it with all its descendants. A new process can take over the run of a dead one where the transport is resumable.

Today only fault runs happen in a producer process; `measure` drives a transport in the command's own process.
"""
