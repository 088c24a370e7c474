"""The wheel: made without a network, put into an environment that has nothing else, and used there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from command import ROOT

# With the tests' world, which stands on edu alone; the version is that of meson.build.
USED = """
import datetime, importlib.metadata, sys
import edu
from world import World

assert edu.__file__.startswith(sys.prefix), edu.__file__
world = World(sys.argv[1])
season, sitting = world.open_season()
application = world.pupil.olympiad.register(sitting, None, key="once")
print(world.pupil.application.list(None)[0].id == application, edu.version(), importlib.metadata.version("libedu"))
world.close()
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    # Kept, as the other builds: what has not changed is not compiled again.
    build = Path(os.environ.get("EDU_BUILDS", out)) / "wheel"
    build.mkdir(parents=True, exist_ok=True)
    if not (build / "build.ninja").exists():
        # meson-python takes it for a sign that the folder was set up.
        (ROOT / ".mesonpy-native-file.ini").unlink(missing_ok=True)
    run(sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", out,
        "--config-settings", f"builddir={build}", "--config-settings", "setup-args=-Doptimization=0", ROOT)
    [made] = out.glob("*.whl")
    return made


def test_it_holds_the_package_and_nothing_else(wheel):
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert all(name.startswith("edu/") for name in names), names
    extensions = {name for name in names if name.endswith(".so")}
    assert len(extensions) == 1
    assert {"edu/__init__.py", "edu/calls.py", "edu/flask.py", "edu/py.typed", "edu/_low.pyi"} < set(names)


def test_it_works_where_nothing_else_is(wheel, tmp_path):
    # Nothing of this machine's edu can stand in for it.
    alone = {name: value for name, value in os.environ.items()
             if not name.startswith(("PYTHON", "PIP", "LD_"))}
    place = tmp_path / "environment"
    run(sys.executable, "-m", "venv", place)
    run(place / "bin/pip", "install", "--no-index", "--no-deps", wheel, env=alone)
    world = tmp_path / "world"
    world.mkdir()
    said = run(place / "bin/python", "-c", USED, world, cwd=ROOT / "tests", env=alone).split()
    version = [line for line in (ROOT / "meson.build").read_text().splitlines() if "version: '" in line][0].split("'")[1]
    assert said == ["True", version, version]
