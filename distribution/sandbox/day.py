"""From a file's text to the text of its result."""

import json
from collections.abc import Iterator
from typing import Any

from distribution.sandbox.parse import parse
from distribution.sandbox.run import Run
from distribution.sandbox.scratch import scratch_schema
from distribution.sandbox.steps import plan


def run_text(text: str) -> Iterator[str]:
    """Yield the result in parts, one object as JSON with an event a line, once the whole day is over.

    Everything in the file is judged before any of it is run. Raises Mistake.
    """
    day = parse(text)
    planned = plan(day)
    with scratch_schema():
        run = Run(day, planned)
        results = [_line(result) for result in run.results()]
        for number, later in run.later():
            results[number] = _line(json.loads(results[number]) | {"later": later})
        totals = _line(run.totals())
    yield '{"events": ['
    for number, line in enumerate(results):
        yield f"{',' if number else ''}\n{line}"
    yield f'],\n"totals": {totals}}}\n'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
