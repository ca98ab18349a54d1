"""The worker's side of RabbitMQ: takes calls, holds them until they are answered, answers."""
