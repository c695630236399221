"""How a column, something to know of each of many runs, is spelled.

    state, age, …           a fact, one of FACTS
    config.lr               a value of the config; the keys of nested ones are joined by dots
    val/loss                a metric: its latest value
    min(val/loss)           one of FUNCTIONS of a metric
    at(val/loss, 1000)      its value at a step

A name that holds a comma, a bracket, a quote or an operator must be in quotes; so must a metric that is named like a
fact: "step". Within quotes, a backslash escapes a quote or a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from swancli.errors import UsageError
from swancli.model import FACTS, FUNCTIONS
from swancli.model import Column as Column
from swancli.names import nearest_hint

TIMES = frozenset(("created", "started"))  # facts that are a moment
SPANS = frozenset(("age", "duration"))  # facts that are a length of time
CONFIG = "config."
QUOTES = "\"'"
GRAMMAR = (
    f"a column is a fact ({' '.join(FACTS)}),",
    "config.KEY, or a metric, which stands for its latest value, such as val/loss,",
    f"or FUNCTION(METRIC): {' '.join(FUNCTIONS[:-1])}, and at(METRIC, STEP); see 'swancli help columns'",
)

_CALL = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)", re.DOTALL)


def parse_column(text: str) -> Column:
    """The column that a text spells; UsageError, which says what is near, if it spells none."""
    text = text.strip()
    if not text:
        raise wrong("a column is empty")
    if text[0] in QUOTES:
        return Column("metric", _name(text))
    if call := _CALL.fullmatch(text):
        return _function(call[1], call[2], text)
    if text.startswith(CONFIG):
        return Column("config", _name(text[len(CONFIG) :]))
    if text in FACTS:
        return Column("fact", text)
    return Column("metric", _name(text))


def parse_columns(text: str) -> list[Column]:
    """The columns of a list with commas; commas within quotes and brackets do not count."""
    return [parse_column(part) for part in split(text, ",")]


def split(text: str, separators: Container[str]) -> list[str]:
    """The parts of a text between separators, a character each, that stand neither in quotes nor in brackets."""
    parts, start = [], 0
    for at, sign in bare(text):
        if sign in separators:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def bare(text: str) -> Iterator[tuple[int, str]]:
    """The characters that stand neither in quotes nor in brackets, with their places; UsageError for open ones.

    A quote begins a quoted name only where a name begins: "it's" holds none.
    """
    depth, quote, at, begins = 0, "", 0, True
    while at < len(text):
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in QUOTES and begins:
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif not depth:
            yield at, sign
        begins = sign in "(,.=<>~" or (begins and sign.isspace())
        at += 1
    if quote or depth > 0:
        raise wrong(f"{text!r} has no closing {quote or 'bracket'}")


def wrong(problem: str) -> UsageError:
    """The error for a text that is no column, with the grammar."""
    error = UsageError(problem)
    error.more = GRAMMAR
    return error


def _function(name: str, inner: str, text: str) -> Column:
    if name not in FUNCTIONS:
        raise wrong(f"no function {name!r} in {text!r}{nearest_hint(name, FUNCTIONS)}")
    arguments = split(inner, ",")
    if name != "at":
        if len(arguments) > 1:
            raise wrong(f"{name} takes one metric, not {len(arguments)}: quote a name that contains a comma")
        return Column(name, _name(inner))
    try:
        metric, step = arguments
        return Column("at", _name(metric), int(step))
    except ValueError:
        raise wrong(f"at takes a metric and a step, as in at(val/loss, 1000), not {text!r}") from None


def _name(text: str) -> str:
    """A name without its quotes; UsageError if it holds a sign that needs them."""
    text = text.strip()
    if text[:1] and text[0] in QUOTES:
        quote, inner = text[0], text[1:-1]
        if len(text) < 2 or text[-1] != quote or re.sub(r"\\.", "", inner, flags=re.DOTALL).count(quote):
            raise wrong(f"{text} is not one name in quotes")
        return re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)
    if not text:
        raise wrong("a name is missing")
    for sign in "(),":
        if sign in text:
            raise wrong(f"{text!r} contains {sign!r}: put such a name in quotes")
    return text
