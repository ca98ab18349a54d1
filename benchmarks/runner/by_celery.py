"""The same job as a Celery group, as its documentation has it: lines of JSON in, numbered lines out.

python by_celery.py FUNCTION INPUT OUTPUT; the worker: python -m celery -A by_celery worker. CELERY_SIDE has the URLs.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import work
from celery import Celery, group

app = Celery(broker=os.environ["CELERY_SIDE"], backend=os.environ["CELERY_SIDE_RESULTS"])
app.conf.update(broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)


@app.task(name="line")  # type: ignore[untyped-decorator]
def line(function: str, item: Any) -> Any:
    """Call a function with one line."""
    return getattr(work, function)(item)


if __name__ == "__main__":
    name, source, output = sys.argv[1:]
    with Path(source).open() as lines, Path(output).open("w") as values:
        found = group(line.s(name, json.loads(text)) for text in lines)().get()
        values.writelines(f'{{"line": {at}, "value": {json.dumps(value)}}}\n' for at, value in enumerate(found, 1))
