"""The types of the package, as mypy sees them; types_hold.py holds the values against them."""

import os
import subprocess
from pathlib import Path

import edu
import pytest
from command import BUILD

PACKAGE = Path(edu.__file__).parents[1]


def mypy(*arguments):
    # What mypy has read of Flask is kept: it takes longer than all of the rest.
    return subprocess.run(
        ["/usr/bin/mypy", "--strict", "--cache-dir", BUILD / "mypy", "--no-error-summary", *arguments],
        env={**os.environ, "MYPYPATH": str(PACKAGE)}, capture_output=True, text=True, check=False)


def test_mypy_finds_nothing_strange_and_every_mistake():
    done = mypy(Path(__file__).with_name("typed_use.py"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_text_that_is_one_of_several_says_of_which():
    assert "Literal['draft', 'announced', 'open', 'closed']" in str(
        edu.Season.__annotations__["state"]).replace('"', "'")


def test_fields_called_like_methods_of_a_dict_have_a_line_behind():
    ranked = edu.Record(keys=[1], title="x")
    assert ranked.keys_ == ranked["keys"] == [1]
    assert list(ranked.keys()) == ["keys", "title"]
    with pytest.raises(AttributeError):
        ranked.values_


def test_errors_say_what_they_mean():
    assert "not yours" in edu.NotFound.__doc__
