"""Celery over Redis and over RabbitMQ."""
