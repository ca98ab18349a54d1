"""Calls over RabbitMQ: one queue of calls, and a queue of outcomes for each executor.

    executor   RabbitmqQueue ─► queue of calls ─► RabbitmqIntake   worker
               RabbitmqQueue ◄─ its outcomes   ◄─ RabbitmqIntake
               RabbitmqQueue ─► control queue  ─► RabbitmqIntake

RabbitMQ cannot take one message out of a queue, so a call is withdrawn between executor and worker. A worker that has a
call of an executor that it does not know asks first which calls that one has withdrawn, and executors that withdraw a
call ask all workers that they know whether one of them has taken it.
"""

from crossover.jobs.remote.rabbitmq.executor_side.producer import RabbitmqQueue
from crossover.jobs.remote.rabbitmq.worker_side.intake import RabbitmqIntake

__all__ = ["RabbitmqIntake", "RabbitmqQueue"]
