from datetime import UTC, datetime

import pytest

from flows.state.lives import Decision, Life, lives, reigns
from models.entries import new_entry
from models.store import ModelStore

EVENTS = (
    ("registered", 1, ""), ("promoted", 1, "the first champion"), ("registered", 2, ""), ("refused", 2, "worse"),
    ("promoted", 2, "by hand"), ("rolled back", 1, "too bold"),
)  # fmt: skip


def day(number):
    return datetime(2026, 1, 1 + number, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    """A store of whose versions there is only the history, an event a day."""
    store = ModelStore(tmp_path)
    entries = [new_entry(event, version, "a" * 64, day(at), why) for at, (event, version, why) in enumerate(EVENTS)]
    with store.log.writing() as append:
        append(*entries)
    return store


def test_the_history_says_when_a_version_was_made_and_what_was_decided_of_it(store):
    found = lives(store)
    assert [*map(str, found[2].decisions)] == ["refused: worse", "promoted: by hand"]
    assert (found[2].registered_at[:10], found[2].since[:10]) == ("2026-01-03", "2026-01-05")
    assert (found[1].registered_at[:10], found[1].since[:10]) == ("2026-01-01", "2026-01-06")


def test_a_version_reigns_from_each_day_on_which_it_became_champion(store):
    assert reigns(lives(store)) == [(day(1), 1), (day(4), 2), (day(5), 1)]


def test_a_version_that_the_history_does_not_name_has_a_life_of_nothing(tmp_path):
    life = lives(ModelStore(tmp_path))[7]
    assert (life, life.since) == (Life(), "")


def test_a_decision_is_said_once():
    assert str(Decision("promoted", "", "promoted by hand; …")) == "promoted by hand; …"
    assert str(Decision("refused", "", "")) == "refused"
