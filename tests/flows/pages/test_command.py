import shlex

import pytest

from flows.pages.command import command


@pytest.mark.parametrize("batch", ["may", "-rf", "--home", "a b", "a'b", "$(x)"])
def test_the_batch_is_one_word_that_is_no_option(batch):
    words = shlex.split(command("truth report", batch, "--json"))
    assert words[:2] == ["truth", "report"]
    assert batch in words
    assert not batch.startswith("-") or words[-2:] == ["--", batch]
