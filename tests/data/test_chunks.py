from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from data.chunks import kinds_of, to_chunk
from data.sniffing import sniff


def test_the_columns_that_are_read_are_those_the_layout_names(text_file, lines, table):
    layout = sniff(
        text_file("\n".join(["id," + lines[0], *(f"B{at},{line}" for at, line in enumerate(lines[1:]))])), table
    )
    kinds = kinds_of(layout)
    assert (kinds["id"], kinds["truth"], kinds["alcohol"]) == ((0, "text"), (1, "class"), (2, "number"))
    assert len(kinds) == 2 + len(table.features)


def test_a_row_that_is_unfit_becomes_a_malformed_one_and_the_others_keep_their_numbers_and_texts(
    text_file, lines, table
):
    layout = sniff(text_file("\n".join(lines)), table)
    columns = {"hue": pa.array([1.0, 2.0, 3.0])}
    texts = pd.DataFrame({"hue": ["a", "b", "c"]})
    chunk = to_chunk(
        columns,
        layout,
        pd.Index([5, 7, 8], name="row"),
        texts.iloc.__getitem__,
        [(1, "an id of no kind", "x")],
        [(6, "short", "1,2")],
    )
    assert chunk.malformed == [(6, "short", "1,2"), (7, "an id of no kind", "x")]
    assert (chunk.rows, chunk.frame["hue"].to_dict()) == (4, {5: 1.0, 8: 3.0})
    assert chunk.as_it_stood(np.array([1]))["hue"].tolist() == ["c"]
