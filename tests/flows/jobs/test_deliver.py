import os
import shutil
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SourceError
from flows.state.home import Home
from schemas.results import truth_schema
from schemas.telling import Delivery
from work import FEATURES, LINES, TABLE, bottles, cells, deliver, label, published, snapshot, truth_of, write

KILLED = """
import os, signal, sys
from data.sources import Source
from flows.jobs.deliver import deliver
from flows.state.home import Home
from schemas.tables import get_table
from data import staging

step = int(sys.argv[3])
def killed(*arguments):
    global step
    step -= 1
    if step < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments)
original, staging._sync = staging._sync, killed
deliver(Source.at(sys.argv[2]), Home.at(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def labelled(trained_home, tmp_path_factory):
    """A home in which all bottles are labelled without their truth, with ids, as the batch `all`."""
    folder = tmp_path_factory.mktemp("labelled")
    home = Home.at(shutil.copytree(trained_home, folder / "home"))
    label(bottles(folder / "all.csv"), home)
    return home


@pytest.fixture
def home(labelled, tmp_path):
    return Home.at(shutil.copytree(labelled.folder, tmp_path / "home"))


def by_id(path, *places, **otherwise):
    """A truth file of these bottles, some of them said to be something else."""
    lines = [f"B{place:03},{otherwise.get(f'B{place:03}', truth_of(place))}" for place in places]
    return write(path, *lines, header="id,truth")


def told(done):
    return cells(done.truth, "batch", "row", "id", "truth", "how")


def test_truth_is_kept_by_id_with_all_that_is_known_of_the_row(home, tmp_path):
    done = deliver(by_id(tmp_path / "told.csv", 3, 60, 150), home)
    assert (done.status, done.rows, done.told, done.batches, done.left_out) == ("added", 3, 3, ["all"], {})
    rows = [("all", place, f"B{place:03}", truth_of(place), "told") for place in (3, 60, 150)]
    assert told(done) == rows
    assert cells(done.truth, *FEATURES)[0] == tuple(float(cell) for cell in LINES[3].split(",")[1:])
    assert pq.read_schema(done.truth).remove_metadata().equals(truth_schema(TABLE).remove_metadata())


def test_truth_is_kept_by_batch_and_row_with_who_said_so(home, tmp_path):
    lines = [
        f"all,{place},{truth_of(place)},Anna,torn,{how}" for place, how in ((3, "reviewed"), (9, "sampled"), (4, "x"))
    ]
    path = write(tmp_path / "sheet.csv", *lines, header="batch,row,truth,by,note,how")
    done = deliver(path, home)
    assert cells(done.truth, "row", "by", "note", "how") == [
        (3, "Anna", "torn", "reviewed"),
        (4, "Anna", "torn", "told"),
        (9, "Anna", "torn", "sampled"),
    ]


def test_the_same_file_again_changes_nothing(home, tmp_path):
    path = by_id(tmp_path / "told.csv", 3, 60, 150)
    deliver(path, home)
    before = snapshot(home.folder)
    (tmp_path / "elsewhere").mkdir()
    again = deliver(shutil.copy(path, tmp_path / "elsewhere"), home)
    assert (again.status, again.told) == ("unchanged", 3)
    assert snapshot(home.folder) == before
    renamed = deliver(shutil.copy(path, tmp_path / "again.csv"), home)
    assert (renamed.status, renamed.truth) == ("unchanged", again.truth)
    assert snapshot(home.folder) == before


def test_the_same_file_may_tell_of_another_batch_that_is_named(home, tmp_path):
    label(bottles(tmp_path / "again.csv", *range(9)), home)
    path = by_id(tmp_path / "told.csv", 3, 5)
    first, second = deliver(path, home, batch="all"), deliver(path, home, batch="again")
    assert (first.batches, second.batches) == (["all"], ["again"])
    assert deliver(path, home, batch="again").status == deliver(path, home).status == "unchanged"


def test_other_bytes_under_the_same_name_are_another_delivery(home, tmp_path):
    first = deliver(by_id(tmp_path / "told.csv", 3), home)
    second = deliver(by_id(tmp_path / "told.csv", 3, 4), home)
    assert first.truth != second.truth
    assert len(told(first)) == 1
    assert second.warnings == []


def test_labels_rejects_and_reports_keep_their_bytes(home, tmp_path):
    before = published(home)
    deliver(by_id(tmp_path / "told.csv", *range(0, 178, 7)), home)
    after = published(home)
    assert {name: after[name] for name in before} == before


def test_blank_cells_are_rows_nobody_has_looked_at_yet(home, tmp_path):
    path = write(tmp_path / "sheet.csv", "B003,barolo", "B004,", "B005, ", "B006,?", "B007,unknown", header="id,truth")
    done = deliver(path, home)
    assert (done.rows, done.told, done.left_out) == (5, 1, {})


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        (["X1,barolo"], {"unknown": 1}),
        (["B004,riesling"], {"no_class": 1}),
        (["B004,barolo", "B004,barbera"], {"contradicting": 2}),
        (["B004,barolo", "B004,barolo"], {}),
        (["B004,barolo,9"], {"no_class": 1}),
    ],
)
def test_what_cannot_be_taken_is_left_out_and_counted(home, tmp_path, lines, left_out):
    known = [f"B{place:03},{truth_of(place)}" for place in range(20, 40)]
    done = deliver(write(tmp_path / "told.csv", *known, *lines, header="id,truth"), home)
    assert done.left_out == left_out
    assert done.told == len(known) + (not left_out)


def test_too_much_left_out_is_refused_and_nothing_is_kept(home, tmp_path):
    path = write(tmp_path / "told.csv", "B003,barolo", "X1,barolo", header="id,truth")
    with pytest.raises(SourceError, match=r"1 of 2 rows with truth would be left out, more than 20%; found 1 row \(no"):
        deliver(path, home)
    assert not home.truth("").parent.exists()
    assert deliver(path, home, max_left_out=1).told == 1


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "tells nothing; found no class in the column of the truth; fill it in"),
        (["B003,"], "tells nothing"),
        (["X1,barolo"], r"1 of 1 row with truth would be left out; found 1 row \(no labelled row .*by --batch"),
    ],
)
def test_a_file_that_tells_nothing_is_refused(home, tmp_path, lines, why):
    with pytest.raises(SourceError, match=why):
        deliver(write(tmp_path / "told.csv", *lines, header="id,truth"), home, max_left_out=1)


def test_a_row_of_other_bytes_than_are_labelled_is_left_out(home, tmp_path):
    record = pq.read_metadata(home.labels("all")).metadata[b"wine_labels.source_sha256"].decode()
    lines = [f"all,3,{truth_of(3)},sha256:{record[:16]}", f"all,4,{truth_of(4)},sha256:{'0' * 16}"]
    path = write(tmp_path / "sheet.csv", *lines, header="batch,row,truth,input")
    done = deliver(path, home, max_left_out=1)
    assert (done.told, done.left_out) == (1, {"other_bytes": 1})


def test_a_row_whose_id_is_another_one_is_left_out(home, tmp_path):
    lines = [f"all,3,B003,{truth_of(3)}", f"all,4,B099,{truth_of(4)}"]
    done = deliver(write(tmp_path / "a.csv", *lines, header="batch,row,id,truth"), home, max_left_out=1)
    assert (done.told, done.left_out) == (1, {"another_id": 1})


def test_a_row_of_other_measurements_is_left_out(home, tmp_path):
    """A sheet whose rows have moved by one."""
    rows = [f"all,{place},{truth_of(place)},{LINES[place + (place > 4)].split(',', 1)[1]}" for place in range(8)]
    sheet = write(tmp_path / "a.csv", *rows, header=",".join(["batch,row,truth", *FEATURES]))
    done = deliver(sheet, home, max_left_out=1)
    assert (done.told, done.left_out) == (5, {"other_measurements": 3})


@pytest.mark.parametrize("row", ["-1", "1e30", "inf", "1.5", "x", "nan"])
def test_a_row_that_is_no_number_of_one_is_unknown(home, tmp_path, row):
    path = write(tmp_path / "a.csv", f"all,{row},barolo", "all,3,barolo", header="batch,row,truth")
    assert deliver(path, home, max_left_out=1).left_out == {"unknown": 1}


def test_where_the_batch_is_named_a_row_number_will_do(home, tmp_path):
    path = write(tmp_path / "a.csv", "3,barolo", header="row,truth")
    with pytest.raises(SourceError, match="no truth file"):
        deliver(path, home)
    assert told(deliver(path, home, batch="all"))[0][:2] == ("all", 3)


def test_what_the_model_says_is_never_taken_for_the_truth(home, tmp_path):
    path = write(tmp_path / "a.csv", "all,3,barbera,reviewed", header="batch,row,label,how")
    with pytest.raises(SourceError, match="no truth file"):
        deliver(path, home)


@pytest.mark.parametrize("name", ["_x.csv", "a\nb.csv", "\x1b[31m.csv"])
def test_a_name_that_readers_would_pass_over_or_nobody_can_print_is_refused(home, tmp_path, name):
    with pytest.raises(SourceError):
        deliver(by_id(tmp_path / name, 3), home)
    assert not home.truth("").parent.exists()


def test_an_id_of_one_bottle_in_two_batches_tells_of_both(home, tmp_path):
    label(bottles(tmp_path / "again.csv", 7, 3), home)
    done = deliver(by_id(tmp_path / "told.csv", 3), home)
    assert [row[:2] for row in told(done)] == [("again", 1), ("all", 3)]


def test_an_id_of_two_bottles_tells_of_neither_unless_the_batch_is_named(home, tmp_path):
    other = bottles(tmp_path / "other.csv", 60)
    other.write_text(other.read_text().replace("B060", "B003"))
    label(other, home)
    path = by_id(tmp_path / "told.csv", 3)
    with pytest.raises(SourceError, match="several rows of other measurements have that id"):
        deliver(path, home, max_left_out=1)
    assert told(deliver(path, home, batch="all"))[0][:2] == ("all", 3)


def test_measurements_come_from_the_sheet_where_the_input_is_gone(home, tmp_path):
    path = bottles(tmp_path / "gone.csv", 3)
    label(path, home)
    path.unlink()
    row = LINES[3].split(",")[1:]
    sheet = write(
        tmp_path / "s.csv", ",".join(["gone", "0", "barolo", *row]), header=",".join(["batch,row,truth", *FEATURES])
    )
    assert cells(deliver(sheet, home).truth, *FEATURES) == [tuple(map(float, row))]
    plain = write(tmp_path / "t.csv", "gone,0,barolo", header="batch,row,truth")
    done = deliver(plain, home)
    assert cells(done.truth, *FEATURES) == [(None,) * 13]
    assert "1 row whose input is gone: judged, but not to be learned from without measurements" in done.warnings


def test_numbers_that_count_from_nobody_knows_where_are_refused(home, tmp_path):
    with pytest.raises(SourceError, match=r"ambiguous truth; .* write the classes by name"):
        deliver(write(tmp_path / "told.csv", "B003,1", "B060,2", header="id,class"), home)


def test_truth_in_another_order_is_refused_and_taken_only_on_trust(home, tmp_path):
    turned = {"barolo": "grignolino", "grignolino": "barbera", "barbera": "barolo"}
    places = range(0, 178, 3)
    path = by_id(tmp_path / "told.csv", *places, **{f"B{place:03}": turned[truth_of(place)] for place in places})
    with pytest.raises(SourceError, match=r"truth contradicts the labels; found that grignolino here is barolo"):
        deliver(path, home)
    done = deliver(path, home, trust_labels=True)
    assert Delivery.read(home.truth(done.truth.rsplit("/")[-1].removesuffix(".parquet"))).trusted.startswith("that ")


def test_what_was_told_before_or_by_the_input_otherwise_is_said(home, tmp_path):
    deliver(by_id(tmp_path / "a.csv", 3, 4, 5), home)
    again = deliver(by_id(tmp_path / "b.csv", *range(3, 40), B003="grignolino"), home)
    assert again.warnings[0] == "1 row told otherwise before; what is newest counts"
    label(write(tmp_path / "full.csv", *LINES), home)
    path = write(tmp_path / "c.csv", "full,3,grignolino", "full,4,barolo", header="batch,row,truth")
    said = "1 row of which the input itself says otherwise; what was told later counts"
    assert said in deliver(path, home).warnings


@pytest.mark.parametrize("step", range(2))
def test_killed_at_any_step_it_leaves_all_or_nothing_and_the_next_completes_it(home, tmp_path, step):
    path = by_id(tmp_path / "told.csv", 3, 60)
    words = [sys.executable, "-c", KILLED, str(home.folder), str(path), str(step)]
    killed = subprocess.run(words, check=False, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert killed.returncode == -signal.SIGKILL
    left = [*home.truth("").parent.glob("*")] if home.truth("").parent.exists() else []
    assert all(Delivery.read(each) for each in left)
    assert deliver(path, home).told == 2
    assert not [*home.staging.iterdir()]


@settings(max_examples=15)
@given(st.lists(st.integers(0, 177), min_size=3, max_size=30, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(labelled, tmp_path_factory, places, rng):
    folder = tmp_path_factory.mktemp("orders")
    rows = [{"id": f"B{place:03}", "truth": truth_of(place), "batch": "all", "row": str(place)} for place in places]
    found = []
    for name in ("a", "b"):
        rng.shuffle(rows)
        columns = rng.sample(["id", "truth", "batch", "row"], 4)
        path = write(
            folder / f"{name}.csv", *(",".join(row[each] for each in columns) for row in rows), header=",".join(columns)
        )
        done = deliver(path, labelled)
        found.append(told(done))
        home_truth = labelled.truth(done.truth.rsplit("/")[-1].removesuffix(".parquet"))
        home_truth.unlink()
    assert found[0] == found[1]
    assert len(found[0]) == len(places)


def test_ids_are_the_same_whatever_blanks_stand_around_them(home, tmp_path):
    path = bottles(tmp_path / "blanks.csv", 3, 60)
    path.write_text(path.read_text().replace("B003", '" lead"').replace("B060", '"trail "'))
    label(path, home)
    by_ids = write(tmp_path / "a.csv", '" lead",barolo', "trail,grignolino", header="id,truth")
    assert [row[2] for row in told(deliver(by_ids, home))] == [" lead", "trail "]
    by_rows = write(tmp_path / "b.csv", 'blanks,0," lead",barolo', header="batch,row,id,truth")
    assert deliver(by_rows, home).left_out == {}


@pytest.mark.parametrize("batch", ["none", "", "../x"])
def test_a_batch_that_is_not_there_cannot_be_named(home, tmp_path, batch):
    with pytest.raises(SourceError, match="no labels of a batch"):
        deliver(by_id(tmp_path / "told.csv", 3), home, batch=batch)
