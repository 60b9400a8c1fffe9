import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn.consistency import STRONG, find_damage, seeming_kinds, weigh_damage
from nn.joint import Joint
from nn.sample import Sample

ORDER = range(13)


def found(joint, x):
    return find_damage(joint, Sample.of(np.arange(len(x)), x), ORDER)


def test_the_rows_it_is_made_of_are_not_suspect(joint, wine):
    assert found(joint, wine.x) is None


@pytest.mark.parametrize(
    ("kind", "columns"), [("swapped", {1, 2}), ("apart", {12}), ("repeated", {4}), ("too low", {8, 9})]
)
def test_each_kind_of_damage_is_found_overwhelming_and_called_what_it_is(joint, wine, kind, columns):
    x = np.random.default_rng(0).permutation(wine.x)
    first, last = min(columns), max(columns)
    damaged = x.copy()
    if kind == "swapped":
        damaged[:, [first, last]] = x[:, [last, first]]
    elif kind == "apart":
        damaged[:, first] = np.sort(x[:, first])
    elif kind == "repeated":
        damaged[80:, first] = x[80, first]
    else:
        damaged[1:, first : last + 1] = x[:-1, first : last + 1]
    damage = found(joint, damaged)
    assert (damage.kind, set(damage.columns), damage.overwhelming) == (kind, columns, True)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([10, 18, 50, 178]), st.sampled_from([None, 0, 1, 2]), st.booleans())
def test_honest_samples_are_not_suspect(joint, wine, seed, rows, only, rounded):
    x, classes = wine.x, wine.classes
    pool = x if only is None else x[classes == only]
    chosen = pool[np.random.default_rng(seed).integers(len(pool), size=rows)]
    assert found(joint, chosen.round(1) if rounded else chosen) is None


def test_a_row_that_occurs_again_proves_nothing_more(joint, wine):
    odd = wine.x[[69]]
    sample = Sample.of(np.arange(500), np.concatenate([np.repeat(odd, 490, axis=0), wine.x[:10]]))
    assert max(each.orders for each in weigh_damage(joint, sample, ORDER)) < STRONG


def test_fewer_rows_than_prove_anything_are_not_looked_at(joint, wine):
    assert found(joint, wine.x[:5]) is None
    assert found(joint, np.empty((0, 13))) is None


def test_a_column_too_low_is_said_and_not_that_all_others_are_too_high(joint, wine):
    x = np.random.default_rng(0).permutation(wine.x)
    x[1:, 12] = x[:-1, 12].copy()
    damage = found(joint, x)
    assert (damage.kind, damage.columns) == ("too low", (12,))


def test_kinds_of_damage_that_sound_rows_seem_to_have_are_passed_over():
    rng = np.random.default_rng(0)
    flags = (rng.random((400, 4)) < 0.03).astype(float) * rng.exponential(5, (400, 4))  # nearly always 0, as pixels are
    tied = rng.integers(0, 2, 400) * flags[:, 0] * rng.exponential(9, 400)
    x, classes = np.column_stack([flags, tied]), np.arange(400) % 2
    joint = Joint.of(x, classes)
    seeming = seeming_kinds(joint)
    assert seeming
    fresh = Sample.of(np.arange(200), x[::2])
    found = find_damage(joint, fresh, range(5), passed_over=seeming)
    assert found is None or found.kind not in seeming


def test_the_shipped_rows_seem_to_have_no_damage(joint):
    assert not seeming_kinds(joint)
