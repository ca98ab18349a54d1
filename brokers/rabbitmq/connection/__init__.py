"""A connection to RabbitMQ: pika, with our settings and without endless waits."""
