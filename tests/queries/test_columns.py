"""How columns are spelled."""

from __future__ import annotations

import pytest

from swancli.errors import UsageError
from swancli.model import FACTS, Column
from swancli.queries.columns import GRAMMAR, parse_column, parse_columns


@pytest.mark.parametrize(
    ("text", "column"),
    [
        *((name, Column("fact", name)) for name in FACTS),
        ("config.lr", Column("config", "lr")),
        ("config.optimizer.lr", Column("config", "optimizer.lr")),
        ('config."a, b"', Column("config", "a, b")),
        ("val/loss", Column("metric", "val/loss")),
        (" samples/who are you ", Column("metric", "samples/who are you")),
        ("it's", Column("metric", "it's")),
        ('"step"', Column("metric", "step")),
        ("'loss(eval)'", Column("metric", "loss(eval)")),
        (r'"say \"hi\" \\"', Column("metric", r'say "hi" \ '.strip())),
        ("min(val/loss)", Column("min", "val/loss")),
        ("max( 'a,b' )", Column("max", "a,b")),
        ("step(step)", Column("step", "step")),
        ("at(val/loss, 1000)", Column("at", "val/loss", 1000)),
        ("at('a,b',-3)", Column("at", "a,b", -3)),
    ],
)
def test_text_is_a_column_and_its_spelling_means_the_same(text: str, column: Column) -> None:
    assert parse_column(text) == column
    assert parse_column(column.text) == column


def test_list_is_split_outside_of_quotes_and_brackets() -> None:
    found = parse_columns("id, config.lr,min(val/loss), 'a,b', at(x, 5)")
    assert [column.text for column in found] == ["id", "config.lr", "min(val/loss)", '"a,b"', "at(x, 5)"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a column is empty"),
        ("id,,name", "a column is empty"),
        ("mim(loss)", "no function 'mim' in 'mim(loss)'; did you mean min?"),
        ("min()", "a name is missing"),
        ("min(a,b)", "min takes one metric, not 2: quote a name that contains a comma"),
        ("at(loss)", "at takes a metric and a step, as in at(val/loss, 1000), not 'at(loss)'"),
        ("at(loss, x)", "at takes a metric and a step"),
        ("min(loss", "'min(loss' has no closing bracket"),
        ("'loss", "has no closing '"),
        ("loss)", "contains ')': put such a name in quotes"),
        ("config.", "a name is missing"),
        ("'a' b", "is not one name in quotes"),
    ],
)
def test_wrong_column_says_what_is_near_and_shows_the_grammar(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_columns(text)
    assert says in str(caught.value)
    assert caught.value.more == GRAMMAR
    assert len(GRAMMAR) == 3
