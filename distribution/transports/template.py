"""Templates of bodies and mails: Liquid over plain values, with limits, and values escaped for where they stand."""

import html
import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, TextIO
from urllib.parse import quote_plus
from xml.sax.saxutils import escape as escape_xml

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

from distribution.domain.body import XML_FORBIDS
from distribution.domain.problem import Problem
from distribution.domain.transforms import plain

LONGEST_OUTPUT = 256 * 1024
LONGEST_TEMPLATE = 64 * 1024
TAGS = (
    "illegal",
    "if",
    "unless",
    "case",
    "for",
    "break",
    "continue",
    "assign",
    "capture",
    "comment",
    "#",
    "raw",
    "content",
    "literal",
    "output",
)
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class TemplateProblem(Exception):
    """The template cannot be read or rendered; the text is for people."""


class Written(str):
    """Text that a filter has already written for JSON."""

    __slots__ = ()


ESCAPES: dict[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "xml": lambda text: escape_xml(XML_FORBIDS.sub("", text), {'"': "&quot;", "'": "&apos;"}),
    "form": quote_plus,
    "text": lambda text: text,
    "html": html.escape,
    "header": lambda text: CONTROL.sub(" ", text),
}


class _EscapedNode(OutputNode):
    """Writes a value so that it cannot leave the place where it stands."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if isinstance(value, Written) and context.env.kind == "json":  # type: ignore[attr-defined]
            return buffer.write(value)
        return buffer.write(ESCAPES[context.env.kind](to_liquid_string(value, autoescape=False)))  # type: ignore[attr-defined]


class _EscapedOutput(Output):
    node_class = _EscapedNode


class _Environment(Environment):
    """Liquid without anything that loads, calls or writes past the escape."""

    loop_iteration_limit = 10_000
    output_stream_limit = LONGEST_OUTPUT
    local_namespace_limit = LONGEST_OUTPUT
    context_depth_limit = 20
    block_nesting_limit = 20

    def __init__(self, kind: str) -> None:
        super().__init__(undefined=StrictUndefined, strict_filters=True)
        self.kind = kind
        self.add_tag(_EscapedOutput)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters["json"] = lambda value: Written(json.dumps(value, ensure_ascii=False, default=str))


@lru_cache(maxsize=len(ESCAPES))
def _environment(kind: str) -> _Environment:
    return _Environment(kind)


@lru_cache(maxsize=500)
def _compiled(source: str, kind: str) -> BoundTemplate:
    if len(source) > LONGEST_TEMPLATE:
        raise TemplateProblem(f"The template is longer than {LONGEST_TEMPLATE // 1024} KiB.")
    try:
        return _environment(kind).from_string(source)
    except (LiquidError, RecursionError) as error:
        raise TemplateProblem(_say(error)) from None


def render(source: str, values: Mapping[str, Any], *, kind: str) -> str:
    """Write the template with the values, escaped for `kind`. Raises TemplateProblem."""
    known = {name: plain(value) for name, value in values.items()}
    try:
        return _compiled(source, kind).render(**{**known, "lead": known})
    except (LiquidError, RecursionError, ValueError, TypeError, ArithmeticError) as error:
        raise TemplateProblem(_say(error)) from None


def check_template(source: str, place: str, *, fields: Collection[str], kind: str) -> tuple[Problem, ...]:
    """Return what is wrong with a template that somebody is about to save, unknown fields by name."""
    try:
        analysis = _compiled(source, kind).analyze(include_partials=False)
    except TemplateProblem as problem:
        return (Problem(place, "bad_template", str(problem)),)
    unknown = {name for name in analysis.globals if name != "lead" and name not in fields}
    for variable in analysis.globals.get("lead", []):
        if len(variable.segments) > 1 and str(variable.segments[1]) not in fields:
            unknown.add(f"lead.{variable.segments[1]}")
    return tuple(
        Problem(place, "unknown_field", f"There is no field “{name}”. Choose one of the lead's fields.") for name in sorted(unknown)
    )


def _say(error: BaseException) -> str:
    text = str(error).split("\n", 1)[0] or type(error).__name__
    return f"The template cannot be used: {text}"[:300]
