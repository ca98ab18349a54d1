"""Transports and shared states that need a server: Redis, RabbitMQ, memcached, and Celery over the first two.

    redis, rabbitmq    tasks through lists, streams and queues; and counters that several workers change
    memcached          counters
    celery             tasks through Celery: its workers, its messages, its results
    messages           batches and outcomes as bytes
    servers            kinds of server, where a server is, private servers, what killed runs leave behind
    broker_transport   the base of redis-list, redis-stream and rabbitmq, whose workers are a fleet of ours
    server_state       the base of counters in a server
    poison             messages that kill the workers that run them

A transport is the producer's side; the inbox that it creates is a worker's side.
"""
