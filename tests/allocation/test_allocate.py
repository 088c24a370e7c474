"""`edu allocate` and `edu check-allocation` on the instances with proven optima, and on bad input."""

import csv
import hashlib
import json
import math
import random
import shutil

import instances
import pytest
from command import run_edu

SMALL = "nat_900x200_20000.txt"


def allocate(places, centres, out, seed=instances.SEED, **options):
    return run_edu("allocate", "--places", places, "--centres", centres, "--seed", seed,
                   "--out", out, **options)


def check(folder, places, centres):
    return run_edu("check-allocation", folder, "--places", places, "--centres", centres)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A solved instance: folder with places.csv, centres.csv and the folder `out`."""
    folder = tmp_path_factory.mktemp("small")
    result = allocate(*instances.convert(SMALL, folder), folder / "out")
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def copy(small, tmp_path):
    """A copy of the solved instance, to be spoilt."""
    shutil.copytree(small, tmp_path / "copy")
    return tmp_path / "copy"


def checks(folder):
    return check(folder / "out", folder / "places.csv", folder / "centres.csv")


def read_transcript(folder):
    return json.loads((folder / "out/transcript.json").read_text(encoding="utf-8"))


def write_transcript(folder, transcript):
    (folder / "out/transcript.json").write_text(json.dumps(transcript), encoding="utf-8")


def read_flows(folder):
    with open(folder / "out/flows.csv", encoding="utf-8", newline="") as file:
        return [{**row, "pupils": int(row["pupils"])} for row in csv.DictReader(file)]


def write_flows(folder, flows):
    with open(folder / "out/flows.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["place", "centre", "pupils"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(flow for flow in flows if flow["pupils"])


@pytest.mark.parametrize("name", instances.names())
def test_reaches_the_proven_optimum(name, tmp_path):
    places, centres = instances.convert(name, tmp_path)
    result = allocate(places, centres, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    transcript = read_transcript(tmp_path)
    assert transcript["cost_m"] == instances.optimum(name)
    verdict = checks(tmp_path)
    assert verdict.returncode == 0, verdict.stderr
    assert str(instances.optimum(name)) in verdict.stdout


def test_flows_fit_the_input_and_cost_what_is_said(small):
    """Added up here once more, so that the two commands cannot be wrong together."""
    places, centres = instances.read(SMALL)
    sent, taken, cost = [0] * len(places), [0] * len(centres), 0
    for flow in read_flows(small):
        place, centre = int(flow["place"][1:]), int(flow["centre"][1:])
        sent[place] += flow["pupils"]
        taken[centre] += flow["pupils"]
        (x1, y1, _), (x2, y2, _) = places[place], centres[centre]
        cost += flow["pupils"] * math.isqrt((x1 - x2) ** 2 + (y1 - y2) ** 2)
    assert sent == [count for _, _, count in places]
    assert all(used <= capacity for used, (_, _, capacity) in zip(taken, centres))
    assert cost == instances.optimum(SMALL)


def test_transcript_names_input_and_seed(small):
    transcript = read_transcript(small)
    data = (small / "places.csv").read_bytes() + (small / "centres.csv").read_bytes()
    assert transcript["input_sha256"] == hashlib.sha256(data).hexdigest()
    assert transcript["seed"] == instances.SEED
    assert len(transcript["rents"]) == 200


# ---- what check-allocation refuses ----


def test_check_accepts_what_was_not_changed(copy):
    assert checks(copy).returncode == 0


def test_check_refuses_one_pupil_moved(copy):
    flows = read_flows(copy)
    flow = random.Random(1).choice(flows)
    other = next(f["centre"] for f in flows if f["centre"] != flow["centre"])
    flow["pupils"] -= 1
    write_flows(copy, [*flows, {"place": flow["place"], "centre": other, "pupils": 1}])
    assert checks(copy).returncode == 1


def test_check_refuses_a_pupil_more_and_a_pupil_less(copy):
    flows = read_flows(copy)
    for change in (1, -1):
        flows[0]["pupils"] += change
        write_flows(copy, flows)
        assert checks(copy).returncode == 1
        flows[0]["pupils"] -= change


@pytest.mark.parametrize("change", [1, -1])
def test_check_refuses_any_rent_changed_by_one(copy, change):
    transcript = read_transcript(copy)
    for centre, rent in transcript["rents"].items():
        rents = {**transcript["rents"], centre: rent + change}
        write_transcript(copy, {**transcript, "rents": rents})
        assert checks(copy).returncode == 1, centre


def test_check_refuses_another_cost(copy):
    transcript = read_transcript(copy)
    write_transcript(copy, {**transcript, "cost_m": transcript["cost_m"] - 1})
    assert checks(copy).returncode == 1


def test_check_refuses_one_capacity_exceeded(copy):
    """A full centre loses a seat in the input; its hash is put right, so that only this is wrong."""
    taken = {}
    for flow in read_flows(copy):
        taken[flow["centre"]] = taken.get(flow["centre"], 0) + flow["pupils"]
    lines = (copy / "centres.csv").read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines[1:], 1):
        name, x, y, capacity = line.split(",")
        if taken.get(name) == int(capacity):
            lines[at] = f"{name},{x},{y},{int(capacity) - 1}"
            break
    (copy / "centres.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = (copy / "places.csv").read_bytes() + (copy / "centres.csv").read_bytes()
    write_transcript(
        copy, {**read_transcript(copy), "input_sha256": hashlib.sha256(data).hexdigest()}
    )
    assert checks(copy).returncode == 1


def test_check_refuses_another_input(copy):
    """The same places in another order: the same flows would do, but it is not the input."""
    lines = (copy / "places.csv").read_text(encoding="utf-8").splitlines()
    lines[1], lines[2] = lines[2], lines[1]
    (copy / "places.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert checks(copy).returncode == 1


# ---- bad input ----

GOOD_PLACES = "id,x_m,y_m,pupils\np1,0,0,5\np2,10,10,5\n"
GOOD_CENTRES = "id,x_m,y_m,capacity\nc1,0,0,6\nc2,10,0,6\n"

# which file, its content, the line that the message must name, a word of the message
BAD_INPUT = {
    "wrong column": ("places", "id,x_m,y_m,children\np1,0,0,5\n", 1, "pupils"),
    "duplicate id": ("places", GOOD_PLACES + "p1,3,3,1\n", 4, "p1"),
    "negative capacity": ("centres", "id,x_m,y_m,capacity\nc1,0,0,60\nc2,10,0,-1\n", 3, "capacity"),
    "not a number": ("places", "id,x_m,y_m,pupils\np1,0,0,five\n", 2, "pupils"),
    "a number too long": ("places", "id,x_m,y_m,pupils\np1,0,0,99999999999999999999\n", 2, "pupils"),
    "a field too few": ("places", GOOD_PLACES + "p3,1,1\n", 4, ""),
    "not UTF-8": ("places", GOOD_PLACES.encode() + b"p\xff,1,1,1\n", 4, "UTF-8"),
    "an open quote": ("places", GOOD_PLACES + '"p3,1,1,1\n', 4, ""),
}


def write_pair(folder, which="places", content=GOOD_PLACES):
    (folder / "places.csv").write_text(GOOD_PLACES, encoding="utf-8")
    (folder / "centres.csv").write_text(GOOD_CENTRES, encoding="utf-8")
    data = content if isinstance(content, bytes) else content.encode()
    (folder / f"{which}.csv").write_bytes(data)
    return folder / "places.csv", folder / "centres.csv"


def assert_refused(result, out, *words):
    """A clear message, and nothing left behind."""
    assert result.returncode in (1, 2), (result.returncode, result.stderr)
    for word in words:
        assert word in result.stderr
    assert len(result.stderr) < 1000
    assert not out.exists()


@pytest.mark.parametrize("case", BAD_INPUT)
def test_refuses_bad_input_with_its_line(case, tmp_path):
    which, content, line, word = BAD_INPUT[case]
    out = tmp_path / "out"
    result = allocate(*write_pair(tmp_path, which, content), out)
    assert_refused(result, out, f"line {line}", word)


def test_refuses_more_pupils_than_places_and_says_how_many(tmp_path):
    places, centres = write_pair(tmp_path, content=GOOD_PLACES + "p3,1,1,9\n")
    assert_refused(allocate(places, centres, tmp_path / "out"), tmp_path / "out", "7")


def test_refuses_a_zone_without_places_and_names_it(tmp_path):
    places, centres = write_pair(
        tmp_path, content="id,x_m,y_m,pupils,zone\np1,0,0,5,\np2,1,1,1,exclave\n"
    )
    assert_refused(allocate(places, centres, tmp_path / "out"), tmp_path / "out", "exclave")


def test_refuses_a_line_of_100_megabytes(tmp_path):
    places, centres = write_pair(tmp_path)
    with open(places, "ab") as file:
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b",1,1,1\n")
    assert_refused(allocate(places, centres, tmp_path / "out"), tmp_path / "out", "line 4")


@pytest.mark.parametrize("seed", ["", "0", "xyz0", "00" * 65])
def test_refuses_a_bad_seed(seed, tmp_path):
    places, centres = write_pair(tmp_path)
    assert_refused(allocate(places, centres, tmp_path / "out", seed), tmp_path / "out", "seed")


def test_takes_a_seed_of_one_and_of_64_bytes(tmp_path):
    places, centres = write_pair(tmp_path)
    for name, seed in (("short", "0a"), ("long", "0a" * 64)):
        assert allocate(places, centres, tmp_path / name, seed).returncode == 0


def test_refuses_a_folder_that_is_not_empty_and_leaves_it_alone(tmp_path):
    places, centres = write_pair(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_text("mine", encoding="utf-8")
    assert allocate(places, centres, out).returncode in (1, 2)
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_refuses_a_missing_file(tmp_path):
    places, _ = write_pair(tmp_path)
    result = allocate(places, tmp_path / "none.csv", tmp_path / "out")
    assert_refused(result, tmp_path / "out", "none.csv")
