"""Results, as the producer receives them from Celery.

in_redis       a key for each result: announced by Redis, or fetched
in_rabbitmq    messages in one queue of the producer's
"""
