"""The transports whose executors are tested, a line for each; and one table of what cannot apply to which."""

TRANSPORTS = {  # transport → its server; of transports that have the same executor, one
    "serial": None,
    "threads": None,
    "pool": None,
    "shared-memory": None,
    "redis-list": "redis",
    "redis-stream": "redis",
    "rabbitmq": "rabbitmq",
    "celery+redis": "redis",
    "celery+rabbitmq": "rabbitmq",
}
OVER_A_BROKER = {
    "initializer": "workers on other machines have begun before",
    "objects": "only data travels",
    "break": "other executors use the same workers",
    "pickle": "nothing is pickled",
}
LACKS = {  # transport → what a test may need → why it cannot apply
    "serial": {
        "pending": "a call is done when submit returns",
        "initializer": "there is no worker",
        "workers": "there is no worker",
        "pickle": "nothing is pickled",
        "exit": "it has nothing that ends with the interpreter",
    },
    "threads": {
        "workers": "threads do not die alone",
        "pickle": "nothing is pickled",
    },
    "redis-list": OVER_A_BROKER | {"ending": "it ends as that of redis-stream, which is the same executor"},
    "redis-stream": OVER_A_BROKER,
    "rabbitmq": OVER_A_BROKER,
    "celery+redis": OVER_A_BROKER,
    "celery+rabbitmq": OVER_A_BROKER | {"ending": "it ends as that of celery+redis, which is the same executor"},
}
