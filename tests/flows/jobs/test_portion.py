from dataclasses import replace

import pytest

from data.sources import Source
from flows.jobs.label import layout_of
from flows.jobs.labeller import Labeller
from flows.jobs.portion import CELLS, chunk_rows, portions_here
from flows.state.training_table import load_reference
from work import TABLE, WINE, request


@pytest.mark.parametrize(("asked", "rows"), [(100, 100), (10**9, CELLS // 16)])
def test_as_many_rows_are_labelled_at_once_as_are_asked_for_and_memory_should_hold(home, version, asked, rows):
    assert chunk_rows(request(home.folder, version, chunk_rows=asked), TABLE) == rows


def test_the_portions_of_a_source_are_its_rows_in_order(home, version):
    source = Source.at(str(WINE))
    labeller = Labeller(TABLE, version, source.file, layout_of(source, TABLE), load_reference(version))
    asked = replace(request(home.folder, version), chunk_rows=50)
    portions = [*portions_here(source, asked, labeller)]
    assert [row for portion in portions for row in portion.labels["row"].to_pylist()] == [*range(178)]
    assert [len(portion.fingerprints) for portion in portions] == [portion.tally.rows for portion in portions]
    assert len(portions) > 1
