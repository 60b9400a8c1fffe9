from datetime import UTC, datetime

import pyarrow.parquet as pq

from flows.state.home import Home
from flows.state.judgement import broken_promises, judgement_of, judgement_table, rows_known
from schemas.results import judged_schema

NOW = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
FIGURES = [
    {"metric": "judged", "value": 3, "count": 3},
    {"metric": "judged_rows", "label": "sampled", "value": 2, "count": 3},
    {"metric": "broken_promise", "other": "label sets hold too little", "count": 3},
]


def test_figures_come_back_from_a_file(tmp_path):
    home = Home.at(tmp_path)
    home.judged("a").parent.mkdir(parents=True)
    table = judgement_table(FIGURES, "a", 3, NOW)
    assert table.schema.equals(judged_schema())
    pq.write_table(table, home.judged("a"))
    found = judgement_of(home, "a")
    assert (found.value("judged"), rows_known(found, "sampled"), rows_known(found, "told")) == (3, 2, 0)
    assert broken_promises(found) == ["label sets hold too little"]


def test_what_is_missing_or_damaged_is_no_judgement(tmp_path):
    home = Home.at(tmp_path)
    assert judgement_of(home, "a") is None
    home.judged("a").parent.mkdir(parents=True)
    home.judged("a").write_bytes(b"PAR1")
    assert judgement_of(home, "a") is None
