from dataclasses import replace

import pytest

from data.errors import SourceError
from flows.jobs.batch import Batch, Trained
from flows.jobs.night import Night
from flows.runs import markdown
from work import WINE, label

REFUSED = Batch.refused("a_[b].csv", SourceError("a|b"))


@pytest.fixture
def batch(home):
    return label(WINE, home)


def test_outcomes_are_counted_in_one_line(batch):
    assert markdown.outcome(Night([])) == "no files"
    night = Night([batch, REFUSED, batch], refused_before={"b.csv": "no table", "c.csv": "no table"})
    assert markdown.outcome(night) == "2 labelled, 1 refused, 2 refused before"
    suspect = replace(batch, batch="b", suspect="ash and hue look swapped")
    assert markdown.outcome(Night([batch, suspect])) == "2 labelled; b is suspect: ash and hue look swapped"


def test_the_summary_gives_the_counts_and_what_to_look_at(batch):
    text = markdown.summary("May", Night([batch, REFUSED]), ["look at *this*"], 1)
    assert "With version 1: 178 rows in, 178 labelled, 0 rejected; 3 of the labelled ones to review." in text
    assert "- look at \\*this\\*" in text
    assert f"- wine: `{batch.labels}`" in text


def test_the_summary_counts_what_was_unchanged_whoever_found_it(batch):
    night = Night([batch, replace(batch, status="unchanged")], unchanged=["c.csv", "d.csv"], waiting=["e.part"])
    assert "Files: 1 labelled, 3 unchanged, 1 waiting." in markdown.summary("May", night, [], 1).splitlines()


def test_what_is_to_be_looked_at_stands_first_in_the_table(batch):
    first, second = markdown.table_rows([batch, REFUSED])
    assert (first["status"], first["error"], first["accuracy"]) == ("refused", "a|b", "")
    assert (second["status"], second["accuracy"]) == ("labelled", "100.00%")


def test_the_confusion_of_several_batches_adds_up(batch):
    assert "| **grignolino** | 0 | 142 | 0 |" in markdown.confusion([batch, REFUSED, batch])
    assert markdown.confusion([REFUSED]) is None


def test_a_training_is_a_table_of_its_accuracies():
    trained = Trained(2, promoted=False, reason="worse", rows=178, training_accuracy=1.0, cv_accuracy=0.9, sha256="0")
    text = markdown.training(trained)
    assert text.startswith("# Version 2 is not champion")
    assert "| 178 | 90.00% | 100.00% |" in text
    assert markdown.no_training("no _table_") == "# No version\n\nno \\_table\\_"
