import pytest

from work import label


@pytest.fixture
def labelled(home, bottles):
    """A batch, and the file it was labelled from."""
    label(bottles, home)
    return bottles


def test_the_commands_say_it_at_the_terminal_and_for_programs(wine_labels, home, labelled):
    said = wine_labels("replay", "bottles", "--source", labelled, "--home", home)
    assert (said.status, said.out) == (0, "bottles: labelled again by version 1, as recorded: the same byte for byte\n")
    said = wine_labels("diff", "bottles", "--version", "1", "--source", labelled, "--home", home, "--json")
    assert (said.status, said.document["identical"], said.document["changes"]) == (0, True, [])
    assert wine_labels("replay", "none", "--home", home).status == 2
