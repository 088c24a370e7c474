"""The newspaper's page: 1,118 appeals replayed, and the public page of the portal read."""

import csv
import html
import io
import json
import os
import re
import subprocess
import sys

import pytest
from command import BUILD, ROOT

PERIOD = "since=2026-09-21&until=2026-09-30"


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    """The appeals of tests/unit/test_appeal.c, in a store of their own, behind the portal."""
    folder = tmp_path_factory.mktemp("newspaper")
    subprocess.run([BUILD / "tests" / "test_appeal"], check=True, stdout=subprocess.DEVNULL, env={
        **os.environ, "EDU_TEST_KEEP": str(folder), "CK_RUN_CASE": "newspaper",
        "EDU_ROOT": str(ROOT), "EDU_TEST_ENGINE": ""})
    surroundings = {"EDU_STORE": f"sqlite:{folder}/portal.db", "EDU_VAR": str(folder),
                    "EDU_KEYS": f"{folder}/portal.db.keys"}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "examples" / "portal"))
        for name, value in surroundings.items():
            patch.setenv(name, value)
        import portal
        client = portal.create_app().test_client()
        yield lambda path, language="en": client.get(
            path, headers={"Accept-Language": language}).get_data(as_text=True)
        sys.modules.pop("portal")


def words(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("language, totals, fast", [
    ("en", ["1,118 received", "939 answered", "782 in time", "179 open"],
     "answered 2.9 times as fast as those on paper"),
    ("ru", ["1 118 получено", "939 дан ответ", "179 открыто"], "в 2,9 раза"),
    ("az", ["1.118 qəbul edilib", "939 cavablandırılıb", "179 açıq"], "2,9 dəfə"),
])
def test_the_page(page_of, language, totals, fast):
    shown = words(page_of(f"/appeals/figures?{PERIOD}", language))
    for total in totals:
        assert total in shown
    assert fast in shown
    assert "<svg" in page_of(f"/appeals/figures?{PERIOD}", language)


def test_the_files(page_of):
    data = json.loads(page_of(f"/appeals/figures.json?{PERIOD}"))
    assert (data["received"], data["answered"], data["open"]) == (1118, 939, 179)
    assert data["paper_to_electronic"] > 200
    by_channel = {row["code"]: row for row in data["groups"]["channel"]}
    assert sum(row["answered"] for row in by_channel.values()) == 939
    assert (by_channel["paper"]["median"], by_channel["electronic"]["median"]) == (7, 2)
    rows = list(csv.DictReader(io.StringIO(
        page_of(f"/appeals/figures.csv?{PERIOD}").lstrip("\ufeff"))))
    assert (rows[0]["received"], rows[0]["answered"], rows[0]["open"]) == ("1118", "939", "179")
    for name in ("channel", "category", "region", "department", "month"):
        assert sum(int(row["received"]) for row in rows if row["group"] == name) == 1118
