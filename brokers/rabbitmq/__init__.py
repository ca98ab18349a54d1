"""RabbitMQ: two queues, and a counter that one consumer owns."""
