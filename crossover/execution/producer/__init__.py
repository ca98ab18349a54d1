"""A run in a producer process: the process, and the handle by which the command supervises it.

The command fills in a `ProducerSpec` and makes a `ProducerHandle`, which has the template fork the process. The process
starts the transport and reports `Ready`; on WARM_UP and on RUN it drives a load in its main thread, writes its history
into memory that the command shares, and reports how the loop ended; on FINISH it stops the transport and ends. Orders
to stop are in that memory, so they reach a loop that reads no message. The handle receives the reports, notices the
death of the process, and ends it with all its descendants. A new process can take over the run of a dead one where the
transport is resumable.
"""
