from flows.jobs.batch import Batch
from flows.jobs.night import Night


def test_a_night_counts_what_came_of_every_file():
    batches = [Batch("a", "a.csv", "labelled"), Batch("b", "b.csv", "unchanged")]
    night = Night(batches, unchanged=["c.csv"], waiting=["d.part"], refused_before={"e.csv": "no table"}, truth=[None])
    expected = {"labelled": 1, "refused": 0, "unchanged": 2, "waiting": 1, "refused before": 1, "truth taken in": 1}
    assert night.counts == expected
