"""Transports and shared states that need a server: Redis, RabbitMQ, memcached, and Celery over the first two."""
