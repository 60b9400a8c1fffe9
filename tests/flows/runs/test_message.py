import json
from dataclasses import replace

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_UI_ENABLED, PREFECT_UI_URL, temporary_settings

from data.errors import SourceError
from flows.jobs.batch import LONGEST_NAME, Batch
from flows.jobs.night import Night
from flows.runs.message import file_fields, run_fields, sentence
from flows.state.home import Home

LABELLED = Batch("a", "a.csv", "labelled", rows=100)


@pytest.fixture
def home(tmp_path):
    return Home.at(tmp_path)


def refused(name):
    return Batch.refused(name, SourceError(f"{name}: no table; found none; export it"))


def test_a_file_is_its_batch_source_status_reason_warnings_and_page(home):
    suspect = replace(LABELLED, suspect="ash and hue look swapped", warnings=["large drift"])
    first, second = file_fields(home, Night([suspect, refused("b.csv")]))["files"]
    assert first == {
        "batch": "b", "source": "b.csv", "status": "refused", "reason": "b.csv: no table; found none; export it",
        "warnings": [], "page": None,
    }  # fmt: skip
    assert (second["reason"], second["warnings"]) == (None, ["ash and hue look swapped", "large drift"])


def test_a_page_is_linked_where_there_is_one_and_an_address_for_it(home, monkeypatch):
    home.page("a").parent.mkdir(parents=True)
    home.page("a").touch()
    assert file_fields(home, Night([LABELLED]))["files"][0]["page"] is None
    monkeypatch.setenv("WINE_LABELS_PAGES_URL", "https://pages.example/wine")
    files = file_fields(home, Night([LABELLED, replace(LABELLED, batch="b")]))["files"]
    assert [file["page"] for file in files] == ["https://pages.example/wine/a.html", None]


def test_what_needs_a_person_stands_first(home):
    some = replace(LABELLED, batch="some", rejected=10)
    warned = replace(LABELLED, batch="warned", warnings=["large drift"])
    suspect = replace(LABELLED, batch="suspect", suspect="ash and hue look swapped")
    files = file_fields(home, Night([LABELLED, some, warned, suspect, refused("refused.csv")]))["files"]
    assert [file["batch"] for file in files] == ["refused", "suspect", "warned", "some", "a"]


def test_a_promise_that_was_broken_is_a_warning_whenever_its_batch_was_labelled(home):
    judged = [{"batch": batch, "broken_promises": [f"{batch} is off"]} for batch in ("a", "may")]
    judged.append({"batch": "june", "broken_promises": []})
    other = replace(LABELLED, batch="other")
    files = file_fields(home, Night([other, LABELLED], judged=judged))["files"]
    assert [(file["batch"], file["status"], file["warnings"]) for file in files] == [
        ("a", "labelled", ["a is off"]), ("may", "judged", ["may is off"]), ("other", "labelled", []),
    ]  # fmt: skip


def test_of_thousands_of_files_the_first_hundred_are_named_and_the_others_counted(home):
    fields = file_fields(home, Night([LABELLED] * 3_000 + [refused("b.csv")]))
    assert (len(fields["files"]), fields["more_files"], fields["files"][0]["batch"]) == (100, 2_901, "b")


def test_however_long_their_names_and_reasons_are_the_files_are_bounded(home):
    fields = file_fields(home, Night([replace(refused("b.csv"), source="\u00e9" * LONGEST_NAME)] * 200))
    assert len(json.dumps(fields)) < 201_000
    assert len(fields["files"]) + fields["more_files"] == 200


def test_the_sentence_has_the_first_notices_and_counts_the_others():
    assert sentence(["a", "b"]) == "wine-labels: a; b"
    assert sentence([str(number) for number in range(1_025)]).endswith("; 18; 19; and 1,005 more")


ADDRESSES = [
    ({PREFECT_API_URL: "http://prefect.example:4200/api"}, "http://prefect.example:4200/runs/flow-run/7"),
    ({PREFECT_UI_URL: "https://ui.example"}, "https://ui.example/runs/flow-run/7"),
    ({PREFECT_API_URL: "http://prefect.example/api", PREFECT_SERVER_UI_ENABLED: False}, None),
    ({PREFECT_API_URL: "http://me:S3CRET@prefect.example/api"}, None),
]


@pytest.mark.parametrize(("settings", "expected"), ADDRESSES)
def test_a_run_is_linked_where_there_is_a_ui_whose_address_is_no_secret(settings, expected):
    with temporary_settings(settings):
        fields = run_fields("label-inbox", "7", "label what is new")
    assert fields == {"flow": "label-inbox", "run": "7", "run_name": "label what is new", "run_url": expected}
