"""The goals: how much faster, leaner or sooner than what, in one place, and whether what was measured meets them."""

import operator
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A bound on the median of what was measured."""

    what: str
    bound: float
    most: bool = False

    def line(self, found):
        """The goal in words, said to be met or not, with the least, the median and the most that was found."""
        holds = (operator.le if self.most else operator.ge)(statistics.median(found), self.bound)
        words = f"at {'most' if self.most else 'least'} {self.bound:.3g}: {'met' if holds else '**not met**'}"
        return f"- {self.what}, {words} ({spread(found)})"


GOALS = {
    "duckdb": Goal("DuckDB SQL, time / ours, 2,000,000 rows", 2.5),
    "duckdb, more rows": Goal("DuckDB SQL, time / ours, 16,000,000 rows", 2.5),
    "without": Goal("DuckDB SQL without typicality, time / ours, 2,000,000 rows", 1.6),
    "without, more rows": Goal("DuckDB SQL without typicality, time / ours, 16,000,000 rows", 1.6),
    "onnxruntime": Goal("pyarrow + onnxruntime, time / ours", 5),
    "scikit-learn": Goal("pandas + scikit-learn, time / ours", 10),
    "threads": Goal("one thread, time / ours of two", 1.75),
    "csv": Goal("`pyarrow.csv.open_csv` alone, time / ours, 2,000,000 rows of CSV", 0.7),
    "reading": Goal("reading Parquet, time / that of pyarrow's own batches", 1.3, most=True),
    "memory": Goal("peak memory at 1, 10 and 100 million rows, MB", 450, most=True),
    "memory apart": Goal("the most of these peaks / the least", 1.05, most=True),
    "epoch": Goal("an epoch on 178 rows, time / that of the article's loop", 0.5, most=True),
    "stack": Goal("an epoch of a network in a stack of 10, time / that of a single one", 12 / 36, most=True),
    "million": Goal("an epoch on 1,000,000 rows, time / that of its matrix products", 2, most=True),
    "cold": Goal("a one-off run, time / that of an empty flow, both with a server of their own", 0.6, most=True),
    "running": Goal("the same with a running server", 1.2, most=True),
    "help": Goal("`--help` of the slowest command, seconds", 0.2, most=True),
}


def spread(values, form=".2f"):
    """The least, the median and the most."""
    return " - ".join(f"{each:{form}}" for each in (min(values), statistics.median(values), max(values)))


def goal_lines(found):
    """Every goal, by what was measured under its name."""
    return "\n".join(goal.line(found[name]) for name, goal in GOALS.items())
