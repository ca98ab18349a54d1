"""The executor's side of RabbitMQ: sends calls, finds what is lost, takes back, hears outcomes."""
