import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from schemas.conformity import CLOSE, check_folder, check_rows


def rewritten(folder, change=lambda table: table, metadata=lambda entries: entries, **options):
    """The labels of a batch written again, with something changed."""
    path = folder / "a.parquet"
    entries = {key: value for key, value in pq.read_metadata(path).metadata.items() if key.startswith(b"wine_labels.")}
    table = change(pq.read_table(path))
    given = {"compression": "zstd", "use_dictionary": ["source"], "write_page_checksum": True} | options
    with pq.ParquetWriter(path, table.schema, **given) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(metadata(entries))


def replaced(name, make, **named):
    """A change of the values of one column, its field kept but for what is named."""

    def change(table):
        at = table.schema.get_field_index(name)
        field = pa.field(
            name, table.schema.field(name).type, **({"nullable": table.schema.field(name).nullable} | named)
        )
        return table.set_column(at, field, pa.chunked_array([pa.array(make(table[name].to_pylist()), field.type)]))

    return change


def retyped(name, kind):
    def change(table):
        at = table.schema.get_field_index(name)
        return table.set_column(at, pa.field(name, kind, table.schema.field(name).nullable), table[name].cast(kind))

    return change


def first(value):
    return lambda values: [value, *values[1:]]


def test_what_we_publish_keeps_the_contract(folder, wine):
    assert check_folder(folder, wine) == (3, [])


def test_a_file_written_again_without_a_change_keeps_it_too(folder, wine):
    rewritten(folder)
    assert check_folder(folder, wine)[1] == []


CHANGES = {
    "a column less": (lambda table: table.drop_columns("review"), "columns: "),
    "a column more": (lambda table: table.append_column("more", table["row"]), "columns: "),
    "columns in another order": (lambda table: table.select(table.column_names[::-1]), "columns: "),
    "a column renamed": (lambda table: table.rename_columns([*table.column_names[:-1], "version"]), "columns: "),
    "int64 for int32": (retyped("label_id", pa.int64()), "label_id: expected int32"),
    "double for float": (retyped("confidence", pa.float64()), "confidence: expected float"),
    "plain text for a dictionary": (retyped("label", pa.string()), "label: expected dictionary"),
    "a null where none may be": (replaced("label_set", first(None), nullable=True), "label_set: expected never null"),
    "a row twice": (replaced("row", lambda rows: [rows[0], rows[0], *rows[2:]]), "row: not ascending"),
    "rows out of order": (replaced("row", lambda rows: rows[::-1]), "row: not ascending"),
    "another class": (replaced("label", first("chianti")), "label: "),
    "another class as truth": (replaced("truth", first("chianti")), "truth: "),
    "the id of another class": (replaced("label_id", first(3)), "label_id: "),
    "probabilities of another sum": (replaced("p_barbera", first(0.9)), "p_\\*: "),
    "no number": (replaced("p_barbera", first(float("nan"))), "p_\\*: "),
    "another confidence": (replaced("confidence", first(0.5)), "confidence: "),
    "a set without the label": (replaced("label_set", first("barbera")), "label_set: "),
    "a set without a class likelier than one in it": (
        replaced("label_set", first("barolo|barbera")),
        "label_set: expected every class likelier",
    ),
    "a set of several classes that is not for review": (
        replaced("label_set", first("barolo|grignolino|barbera")),
        "review: expected true where",
    ),
    "a set of other classes": (replaced("label_set", first("barolo|chianti")), "label_set: "),
    "a typicality beyond 1": (replaced("typicality", first(1.5)), "typicality: "),
    "another source": (replaced("source", first("b.csv")), "source: "),
    "another version": (replaced("model_version", first(9)), "model_version: "),
    "a row less": (lambda table: table.slice(1), "metadata: expected 178 rows = "),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_forbidden_change_is_caught(folder, wine, change):
    make, words = CHANGES[change]
    rewritten(folder, make)
    (finding, *_) = check_folder(folder, wine)[1]
    assert finding.startswith("a.parquet: ")
    assert pc.match_substring_regex(pa.scalar(finding), words).as_py()


@pytest.mark.parametrize(
    ("metadata", "options", "words"),
    [
        (lambda entries: {}, {}, "metadata: expected wine_labels.schema_version; found none"),
        (
            lambda entries: entries | {b"wine_labels.schema_version": b"2"},
            {},
            "metadata: expected schema_version 1; found 2",
        ),
        (lambda entries: entries | {b"wine_labels.rows": b"7"}, {}, "metadata: expected 7 rows = "),
        (lambda entries: entries, {"compression": "snappy"}, "row group: expected zstd"),
    ],
)
def test_metadata_or_a_compression_of_another_kind_is_caught(folder, wine, metadata, options, words):
    rewritten(folder, metadata=metadata, **options)
    assert check_folder(folder, wine)[1][0].startswith(f"a.parquet: {words}")


def test_pandas_metadata_is_caught(folder, wine):
    pq.read_table(folder / "a.parquet").to_pandas().to_parquet(folder / "a.parquet", compression="zstd")
    assert "a.parquet: schema: pandas metadata; found an entry that carries versions" in check_folder(folder, wine)[1]


@pytest.mark.parametrize("name", ["notes.txt", "_a.parquet", ".a.parquet"])
def test_a_file_that_some_readers_choke_on_is_caught(folder, wine, name):
    shutil.copy(folder / "a.parquet", folder / name)
    assert check_folder(folder, wine)[1][0].startswith(f"{name}: does not belong here; ")


def test_flipped_bits_and_torn_files_are_caught(folder, wine):
    content = bytearray((folder / "a.parquet").read_bytes())
    content[200] ^= 1
    (folder / "a.parquet").write_bytes(content)
    (folder / "some.parquet").write_bytes(content[:300])
    found = check_folder(folder, wine)[1]
    assert [each.split(": ")[:2] for each in found] == [
        ["a.parquet", "cannot be read; " + found[0].split("read; ")[1].split(": ")[0]],
        ["some.parquet", "cannot be read; " + found[1].split("read; ")[1].split(": ")[0]],
    ]


def plainly(row, wine):
    """What does not hold of a row, looked at by itself."""
    shares = {name: row[f"p_{name}"] for name in wine.class_names}
    held = row["label_set"].split("|")
    own, best = shares[row["label"]], max(shares.values())
    inside = [share for name, share in shares.items() if name in held]
    outside = [share for name, share in shares.items() if name not in held]
    holds = {
        "label_id": wine.classes[row["label_id"]] == row["label"],
        "p_*": abs(sum(shares.values()) - 1) < CLOSE,
        "confidence": row["confidence"] == own,
        "label": own >= best - CLOSE,
        "label_set: expected the label": row["label"] in held and {*held} <= {*shares},
        "label_set: expected every class": max(outside, default=0) <= min(inside, default=2),
        "review": row["review"] or len(inside) < 2,
        "typicality": 0 <= row["typicality"] <= 1,
        "truth": row["truth"] in {None, *shares},
    }
    return {name for name, whether in holds.items() if not whether}


@pytest.mark.parametrize("seed", range(40))
def test_rows_together_show_what_rows_alone_show(folder, wine, seed):
    """Cells of a file exchanged with each other, of one row or many: every rule breaks in some of them."""
    rng = np.random.default_rng(seed)
    table = pq.read_table(folder / "a.parquet").take(rng.integers(0, 178, 50))
    damaged = table.to_pylist()
    for _ in range(rng.integers(0, 4)):
        one, other, name = rng.integers(50), rng.integers(50), rng.choice(table.column_names[3:-1])
        damaged[one][name] = damaged[other][name]
    if seed % 4 == 0:
        damaged[0]["label_set"] = rng.choice(["barolo|chianti", "chianti", "barolo|barbera", "grignolino|barbera"])
    batch = pa.Table.from_pylist(damaged, table.schema).combine_chunks().to_batches()[0]
    found = list(check_rows(batch, wine, damaged[0]["source"], damaged[0]["model_version"]))
    expected = set().union(*(plainly(row, wine) for row in damaged))
    assert len(found) == len(expected)
    assert all(any(line.startswith(words) for line in found) for words in expected)
