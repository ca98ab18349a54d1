"""What kombu and Celery put around a message of ours, and which of it is refused: any client of the broker can send it.

    worker     redis_transport, amqp_transport ─► task_envelopes ─► Celery
    producer   redis_transport, amqp_transport ─► result_backends ─► publisher

Both libraries end a process, or reconnect for ever, where they cannot read a message. Here, it is kept aside instead,
with the reason. Nothing is decompressed: we send nothing compressed, and a few bytes could fill the memory.
"""
