"""Celery over Redis and over RabbitMQ.

    producer   transports ─► transport ─► publisher ─► connection ─► Celery
    worker     Celery ─► app, workers/consumer ─► external/allowlist ─► the function
    both       settings, broker

What depends on the broker is in over_redis and over_rabbitmq. Private workers are started by workers/private_worker;
workers that the user has started are reserved by brokers/external, through workers/remote_control.
"""
