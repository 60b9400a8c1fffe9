import json

import pytest
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

pytestmark = pytest.mark.usefixtures("prefect_server")


def test_each_run_shows_a_summary_a_table_and_the_confusion_under_stable_keys(home, inbox, night, prefect_client):
    state, _ = night()
    only = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
    shown = {each.key: each.data for each in prefect_client.read_artifacts(artifact_filter=only)}
    assert set(shown) == {"wine-summary", "wine-batches", "wine-confusion", "wine-page"}
    assert (home / "data" / "pages" / "a.html").is_file()
    assert "178 rows in, 178 labelled, 0 rejected" in shown["wine-summary"]
    (row,) = json.loads(shown["wine-batches"])
    assert (row["batch"], row["status"], row["rows"]) == ("a", "labelled", 178)
    assert "| **grignolino** | 0 | 71 | 0 |" in shown["wine-confusion"]
