from flows.state.home import Home
from work import label


def test_open_draws_the_page_and_says_where_it_is(wine_labels, home, bottles):
    label(bottles, home)
    place = Home.at(home)
    said = wine_labels("open", "bottles", "--home", home)
    assert (said.status, said.out) == (0, f"{place.page('bottles')}\n")
    page = str(place.page("versions/wine-0001"))
    assert wine_labels("open", "1", "--home", home, "--json").document == {"page": page}
