"""The same bytes from every compiler and optimisation, and the same flows whatever the rows' order."""

import json
import os
import random
from pathlib import Path

import instances
import pytest
from command import run_edu

BUILDS = Path(os.environ.get("EDU_BUILDS", "."))
PROGRAM = "tests/compilers/allocate"
NAMES = ["gcc-O0", "gcc-O3", "clang-O0", "clang-O3"]
INSTANCES = ["nat_900x200_20000", "zoned"]


def make_zoned(folder):
    """Places on a coarse grid, so that many distances tie, in three zones."""
    draw = random.Random(7)
    zones = ["", "north", "exclave"]

    def rows(prefix, count, low, high):
        for i in range(count):
            x, y = draw.randrange(-20, 20) * 500, draw.randrange(-20, 20) * 500
            yield f"{prefix}{i},{x},{y},{draw.randint(low, high)},{zones[i % 3]}"

    return (
        instances.write_csv(
            folder / "places.csv", "id,x_m,y_m,pupils,zone", rows("place", 400, 0, 30)
        ),
        instances.write_csv(
            folder / "centres.csv", "id,x_m,y_m,capacity,zone", rows("centre", 60, 100, 160)
        ),
    )


def make_instance(name, folder):
    folder.mkdir()
    return make_zoned(folder) if name == "zoned" else instances.convert(f"{name}.txt", folder)


def allocate(build, places, centres, out):
    result = run_edu("--places", places, "--centres", centres, "--seed",
                     instances.SEED, "--out", out, command=BUILDS / build / PROGRAM)
    assert result.returncode == 0, result.stderr
    return (out / "flows.csv").read_bytes(), (out / "transcript.json").read_bytes()


def shuffle_rows(path):
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    random.Random(3).shuffle(rows)
    instances.write_csv(path, header, rows)


@pytest.fixture(scope="module", params=INSTANCES)
def solved(request, tmp_path_factory):
    """An instance: its name, its files, and what the first build makes of it."""
    folder = tmp_path_factory.mktemp(request.param)
    files = make_instance(request.param, folder / "input")
    return request.param, files, allocate(NAMES[0], *files, folder / "out")


@pytest.mark.parametrize("build", NAMES)
def test_every_build_gives_the_same_bytes(solved, build, tmp_path):
    _, files, expected = solved
    assert allocate(build, *files, tmp_path / "out") == expected


@pytest.mark.parametrize("build", NAMES)
def test_shuffled_rows_give_the_same_flows(solved, build, tmp_path):
    name, _, (flows, _) = solved
    files = make_instance(name, tmp_path / "input")
    for path in files:
        shuffle_rows(path)
    assert allocate(build, *files, tmp_path / "out")[0] == flows


def test_another_seed_keeps_cost_and_rents(solved, tmp_path):
    _, files, (_, transcript) = solved
    result = run_edu("--places", files[0], "--centres", files[1], "--seed", "ff",
                     "--out", tmp_path / "out", command=BUILDS / NAMES[0] / PROGRAM)
    assert result.returncode == 0, result.stderr
    other = json.loads((tmp_path / "out/transcript.json").read_bytes())
    assert other["cost_m"] == json.loads(transcript)["cost_m"]
    assert other["rents"] == json.loads(transcript)["rents"]
