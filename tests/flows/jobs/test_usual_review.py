from __future__ import annotations

import shutil

import pytest

from flows.jobs.usual_review import usual_review
from flows.state.home import Home
from flows.state.report import Report
from work import WINE, champion, label


def test_it_is_the_share_of_the_training_rows_that_would_be_up_for_review(trained_home, tmp_path_factory):
    version = champion(trained_home)
    share, rows = usual_review(version)
    assert (rows, share) == (178, pytest.approx(3 / 178))


def test_every_report_has_it(trained_home, tmp_path):
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    label(WINE, home)
    assert Report.read(home.report("wine")).value("usual_review") == usual_review(champion(trained_home))[0]
