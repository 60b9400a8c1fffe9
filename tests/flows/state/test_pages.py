from flows.state.pages import names_in, version_file


def test_the_pages_of_versions_stand_in_the_order_of_their_numbers():
    assert [version_file("wine", number) for number in (1, 9999, 10000)] == [
        "wine-0001.html",
        "wine-9999.html",
        "wine-10000.html",
    ]


def test_files_of_one_ending_are_named_and_none_where_there_is_no_folder(tmp_path):
    for name in ("a.html", "b.html", "c.txt"):
        (tmp_path / name).touch()
    assert names_in(tmp_path) == {"a.html", "b.html"}
    assert names_in(tmp_path, ".txt") == {"c.txt"}
    assert names_in(tmp_path / "none") == set()
