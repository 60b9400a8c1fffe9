from flows.pages.link import Link, Links


def test_text_and_address_stay_text():
    assert Link("<b>", 'a"b').__html__() == '<a href="a&quot;b">&lt;b&gt;</a>'
    assert Link("a\nb").__html__() == r"a\nb"


def test_what_has_no_page_is_named_and_not_linked(place):
    links = Links(place, place.page("october"))
    assert links.version("wine", 1) == Link("1")
    place.page("versions/wine-0001").parent.mkdir(parents=True)
    place.page("versions/wine-0001").touch()
    assert links.version("wine", 1) == Link("1", "versions/wine-0001.html")
    assert links.home() == Link("All batches", "index.html")
