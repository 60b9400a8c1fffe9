from dataclasses import asdict, replace

import numpy as np
import pytest

from mixed import classifier, penguins
from models.golden import ROWS, Golden, golden_rows, repeats
from models.store import ModelStore


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "wine")


def test_golden_rows_are_spread_over_all_rows_with_their_answers(trained, wine):
    golden = golden_rows(trained.classifier, wine.x)
    assert (golden.rows[0], golden.rows[-1], len(golden.rows)) == (wine.x[0].tolist(), wine.x[-1].tolist(), ROWS)
    np.testing.assert_array_equal(golden.probabilities, trained.classifier.predict_proba(np.array(golden.rows)))


def test_of_fewer_rows_all_are_golden(trained, wine):
    assert golden_rows(trained.classifier, wine.x[:3]).rows == wine.x[:3].tolist()


def test_a_version_repeats_its_golden_rows_in_a_fresh_process(store, trained):
    store.save(trained.classifier, trained.evidence.to_notes())
    assert repeats(store, 1)


def test_a_missing_value_of_a_golden_row_is_null_and_the_row_is_repeated(store):
    x, _ = penguins(60, missing=0.4)
    golden = golden_rows(classifier(), x)
    assert any(None in row for row in golden.rows)
    np.testing.assert_array_equal(np.array(golden.rows, dtype=float), x[np.linspace(0, 59, ROWS).astype(int)])
    store.save(classifier(), {"golden": asdict(golden)})
    assert repeats(store, 1)


def test_a_version_that_answers_otherwise_in_the_last_bit_does_not(store, trained):
    golden = trained.evidence.golden
    first, *others = golden.probabilities
    off = Golden(golden.rows, [[float(np.nextafter(first[0], 2)), *first[1:]], *others])
    store.save(trained.classifier, replace(trained.evidence, golden=off).to_notes())
    assert not repeats(store, 1)


def test_a_version_that_cannot_be_loaded_does_not(store, trained):
    store.save(trained.classifier, {"golden": asdict(trained.evidence.golden)})
    (store.path(1) / "weights.npz").write_bytes(b"")
    assert not repeats(store, 1)
