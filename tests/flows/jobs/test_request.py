import pickle
import shutil
from dataclasses import replace

import pytest

from data.errors import MovingError, SourceError
from data.sources import Source
from flows.jobs.request import Request
from flows.state.home import Home
from flows.state.refused_files import RefusedFiles
from models.errors import ModelError
from models.store import ModelStore
from work import WINE


def test_it_pins_the_champion_or_the_version_named(cellar, version):
    assert Request.pinned(cellar) == Request(cellar, 1, version.sha256)
    assert Request.pinned(cellar, 1, replace=True).replace
    with pytest.raises(ModelError, match="no version 7; found 1"):
        Request.pinned(cellar, 7)


def test_without_a_model_it_says_how_to_get_one(home):
    with pytest.raises(ModelError, match="no model yet; found no champion"):
        Request.pinned(home)


def test_the_model_is_loaded_once(cellar, version, monkeypatch):
    request = Request.pinned(cellar)
    model = request.model()
    monkeypatch.setattr(ModelStore, "load", lambda *_: pytest.fail("loaded once more"))
    assert pickle.loads(pickle.dumps(request)).model() is model
    assert model.sha256 == version.sha256


def test_a_model_that_is_not_the_pinned_one_is_refused(cellar, version):
    with pytest.raises(ModelError, match="version 1: not the one of this run; expected sha256 0000"):
        replace(Request.pinned(cellar), sha256="0" * 64).model()


@pytest.mark.parametrize(
    ("remember", "error", "kept"),
    [(True, SourceError("bad"), "bad"), (True, MovingError("moving"), None), (False, SourceError("bad"), None)],
)
def test_a_refusal_is_remembered_where_that_is_asked_and_it_lasts(cellar, version, tmp_path, remember, error, kept):
    request = replace(Request.pinned(cellar), home=Home(tmp_path), remember=remember)
    source = Source.at(str(shutil.copy(WINE, tmp_path / "wine.csv")))
    assert request.refused(source, error).error == str(error)
    assert RefusedFiles(Home(tmp_path), request.terms).reason(source) == kept
