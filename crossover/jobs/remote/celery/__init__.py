"""Calls over Celery, as an executor sends them; what Celery's workers do is in crossover/jobs/service/celery.

CeleryQueue (OpenCalls) ─► Session ─► Celery's queue ─► worker
CeleryQueue ◄─ AnswersInRedis, AnswersInRabbitmq ◄─ a list or a queue of this executor
Watch ─► remote control: which calls have begun, and which does nobody have any more?
"""

from crossover.jobs.remote.celery.queue import CeleryRabbitmqQueue, CeleryRedisQueue

__all__ = ["CeleryRabbitmqQueue", "CeleryRedisQueue"]
