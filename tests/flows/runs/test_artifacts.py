import json

import pytest
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

from flows.pages import home_page

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def shown(night, prefect_client):
    """What a night shows, by its key."""

    def run():
        state, _ = night()
        only = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
        return state, {each.key: each.data for each in prefect_client.read_artifacts(artifact_filter=only)}

    return run


def test_each_run_shows_a_summary_a_table_and_the_confusion_under_stable_keys(home, inbox, shown, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_PAGES_URL", "file:///srv/pages")
    _, found = shown()
    assert set(found) == {"wine-summary", "wine-batches", "wine-confusion"}  # no page: it has no address elsewhere
    for name in ("a", "index", "versions/wine-0001"):
        assert (home / "data" / "pages" / f"{name}.html").is_file()
    assert "178 rows in, 178 labelled, 0 rejected" in found["wine-summary"]
    (row,) = json.loads(found["wine-batches"])
    assert (row["batch"], row["status"], row["rows"]) == ("a", "labelled", 178)
    assert "| **grignolino** | 0 | 71 | 0 |" in found["wine-confusion"]


def test_pages_are_linked_where_they_have_an_address_and_no_run_fails_for_want_of_one(home, inbox, shown, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_PAGES_URL", "https://wine.example/pages/")
    (inbox / "a.csv").rename(inbox / "a b.csv")
    assert shown()[1]["wine-page"] == "[the page of the batch](https://wine.example/pages/a%20b.html)"

    def fail(home):
        raise RuntimeError

    monkeypatch.setattr(home_page, "draw_home", fail)
    (inbox / "a b.csv").write_text((inbox / "a b.csv").read_text().replace("14.23", "14.24", 1))
    state, found = shown()
    assert state.name == "Completed"
    assert "(https://wine.example/pages/a%20b.html)" in found["wine-page"]
