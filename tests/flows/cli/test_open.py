from flows.state.home import Home
from work import label


def test_open_draws_the_page_and_says_where_it_is(wine_labels, home, bottles):
    label(bottles, home)
    place = Home.at(home)
    said = wine_labels("open", "bottles", "--home", home)
    assert (said.status, said.out) == (0, f"{place.page('bottles')}\n")
    page = str(place.page("versions/wine-0001"))
    assert wine_labels("open", "1", "--home", home, "--json").document == {"page": page}
    said = wine_labels("open", "--home", home)
    assert (said.status, said.out) == (0, f"{place.home_page}\n")
    text = place.home_page.read_text()
    assert 'href="bottles.html"' in text
    assert 'href="versions/wine-0001.html"' in text
    assert 'href="../index.html"' in place.page("versions/wine-0001").read_text()


def test_a_batch_called_like_the_page_over_everything_has_one_of_its_own(wine_labels, home, bottles):
    label(bottles, home, batch="index")
    place = Home.at(home)
    assert wine_labels("open", "index", "--home", home).out == f"{place.page('index')}\n"
    assert "<h1>Batch index</h1>" in place.page("index").read_text()
    assert "<h1>All batches</h1>" in place.home_page.read_text()
    assert 'href="_index.html"' in place.home_page.read_text()


def test_a_home_of_nothing_has_a_page_too(wine_labels, tmp_path):
    assert wine_labels("open", "--home", tmp_path).status == 0
    assert "No batch is labelled yet" in Home(tmp_path).home_page.read_text()
