"""RabbitMQ through pika: a queue of tasks and a queue of outcomes; and a counter that one process owns.

    producer   transport ─► publisher ─► channel ─► connection ─► pika
    worker     inbox, safe_inbox ─► channel

The counter is in counter_owner.
"""
