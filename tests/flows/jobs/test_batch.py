from data.errors import SourceError
from flows.jobs.batch import Batch, clash


def test_a_refused_batch_has_the_name_the_others_would_have_and_the_reason_in_a_line():
    batch = Batch.refused("nights/may.csv.gz", SourceError("no\ntable"))
    assert (batch.batch, batch.source, batch.status, batch.error) == ("may", "nights/may.csv.gz", "refused", "no table")
    assert (batch.rows, batch.accuracy, batch.labels) == (0, None, None)


def test_a_name_that_is_no_text_is_shown_in_letters():
    batch = Batch.refused("wine-\udcff.csv", SourceError("wine-\udcff.csv: no table"))
    assert (batch.batch, batch.error) == ("wine-\\udcff", "wine-\\udcff.csv: no table")


def test_a_clash_names_both_files():
    assert str(clash("b/may.csv", "a/may.csv")) == (
        "b/may.csv: a second source for batch 'may'; found a/may.csv first; rename one"
    )
