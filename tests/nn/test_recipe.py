import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from nn.encoding import fit_standardizer
from nn.recipe import RECIPES
from nn.training import train_network
from nn.validation import cross_validate

QUICK = {name: replace(recipe, epochs=min(recipe.epochs, 300)) for name, recipe in RECIPES.items()}
ELSEWHERE = """
import sys
from dataclasses import replace
import numpy as np
from nn.recipe import RECIPES
from nn.validation import cross_validate

recipe = replace(RECIPES[sys.argv[3]], epochs=int(sys.argv[4]))
network = cross_validate(np.load(sys.argv[1]), np.load(sys.argv[2]), recipe, 7, folds=3).network
sys.stdout.write(b"".join(array.tobytes() for array in (*network.weights, *network.biases)).hex())
"""


def bytes_of(network):
    return b"".join(array.tobytes() for array in (*network.weights, *network.biases))


@pytest.mark.parametrize("recipe", RECIPES)
def test_same_rows_recipe_and_seed_give_the_same_bytes_in_a_fresh_process(wine, recipe, tmp_path):
    np.save(tmp_path / "x.npy", wine.x)
    np.save(tmp_path / "y.npy", wine.y)
    here = bytes_of(cross_validate(wine.x, wine.y, QUICK[recipe], 7, folds=3).network)
    again = bytes_of(cross_validate(wine.x, wine.y, QUICK[recipe], 7, folds=3).network)
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "x.npy"), str(tmp_path / "y.npy"), recipe]
    command.append(str(QUICK[recipe].epochs))
    fresh = subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": "11"})
    assert here == again == bytes.fromhex(fresh.stdout.decode())


@pytest.mark.parametrize("recipe", RECIPES)
def test_another_seed_gives_another_network(wine, recipe):
    z = fit_standardizer(wine.x).transform(wine.x)
    networks = [train_network(z, wine.y, QUICK[recipe], RECIPES[recipe].random(seed))[0] for seed in range(3)]
    assert len({bytes_of(network) for network in networks}) == 3


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_seed_with_a_number_has_a_stream_of_its_own_and_keeps_it(recipe):
    seeds = [(0,), (1,), (0, 1), (0, 2), (1, 1), (0, 11)]
    drawn = [recipe.random(*seed).uniform() for seed in seeds]
    assert len(set(drawn)) == len(seeds)
    assert drawn == [recipe.random(*seed).uniform() for seed in seeds]


@pytest.mark.parametrize("recipe", RECIPES)
def test_numpys_global_random_state_is_neither_read_nor_moved(wine, recipe):
    weights = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002 -- the global state is what must not matter
        before = np.random.get_state()[1].tobytes()  # noqa: NPY002 -- the same
        weights.append(bytes_of(cross_validate(wine.x, wine.y, QUICK[recipe], 3, folds=2).network))
        assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002 -- the same
    assert weights[0] == weights[1]
