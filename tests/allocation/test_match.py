"""`edu match` on the instances with known optima, and on bad input."""

import csv
import random
import re

import pytest
from command import SHARED, run_edu

NAMES = sorted(path.name for path in (SHARED / "allocation").glob("da_*.txt"))
MASK = (1 << 64) - 1


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def read(name):
    """Capacities, and of each applicant the (place, priority) by choice."""
    lines = (SHARED / "allocation" / name).read_text(encoding="ascii").splitlines()
    capacities = list(map(int, lines[1].split()))
    choices = [[(place, mix(7 ^ mix(i << 20 | place))) for place in map(int, line.split())]
               for i, line in enumerate(lines[2:])]
    return capacities, choices


def optimum(name):
    readme = (SHARED / "allocation/README.md").read_text(encoding="utf-8")
    found = re.search(rf"`{re.escape(name)}` \| matched (\d+), first choice (\d+)", readme)
    return int(found[1]), int(found[2])


def write(folder, capacities, choices, seed=None):
    rows = [f"a{i},{number},p{place},{priority}" for i, ranked in enumerate(choices)
            for number, (place, priority) in enumerate(ranked, 1)]
    places = [f"p{place},{capacity}" for place, capacity in enumerate(capacities)]
    if seed is not None:
        random.Random(seed).shuffle(rows)
        random.Random(seed).shuffle(places)
    paths = folder / f"applicants-{seed}.csv", folder / f"places-{seed}.csv"
    paths[0].write_text("\n".join(["applicant,choice,place,priority", *rows, ""]))
    paths[1].write_text("\n".join(["place,capacity", *places, ""]))
    return paths


def match(paths, out):
    return run_edu("match", "--applicants", paths[0], "--places", paths[1], "--out", out)


def read_out(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["applicant"]: row["place"] for row in csv.DictReader(file)}


def blocking_pairs(capacities, choices, placed):
    """Who would rather have a place that would rather have them: none, where it is stable."""
    held = [[] for _ in capacities]
    for i, ranked in enumerate(choices):
        mine = placed[f"a{i}"]
        held_here = [(priority, place) for place, priority in ranked if f"p{place}" == mine]
        assert len(held_here) == (1 if mine else 0)
        for priority, place in held_here:
            held[place].append(priority)
    assert all(len(taken) <= capacity for taken, capacity in zip(held, capacities))
    worst = [max(taken) if taken else None for taken in held]
    for i, ranked in enumerate(choices):
        for place, priority in ranked:
            if f"p{place}" == placed[f"a{i}"]:
                break
            if len(held[place]) < capacities[place]:
                yield i, place
            elif capacities[place] and priority < worst[place]:
                yield i, place


@pytest.mark.parametrize("name", NAMES)
def test_reaches_the_known_optimum_and_is_stable(name, tmp_path):
    capacities, choices = read(name)
    paths = write(tmp_path, capacities, choices)
    result = match(paths, tmp_path / "out.csv")
    assert result.returncode == 0, result.stderr
    placed = read_out(tmp_path / "out.csv")
    assert list(placed) == sorted(f"a{i}" for i in range(len(choices)))
    assert not list(blocking_pairs(capacities, choices, placed))
    first = sum(placed[f"a{i}"] == f"p{ranked[0][0]}" for i, ranked in enumerate(choices))
    matched = sum(map(bool, placed.values()))
    assert (matched, first) == optimum(name)
    assert f"{matched} matched, {first} to their first choice" in result.stdout


def test_the_checker_sees_what_is_not_stable(tmp_path):
    capacities, choices = read(NAMES[0])
    match(write(tmp_path, capacities, choices), tmp_path / "out.csv")
    placed = read_out(tmp_path / "out.csv")
    lucky = next(i for i, ranked in enumerate(choices) if placed[f"a{i}"] == f"p{ranked[0][0]}")
    placed[f"a{lucky}"] = ""
    assert list(blocking_pairs(capacities, choices, placed))


def test_rows_in_any_order_give_the_same_bytes(tmp_path):
    capacities, choices = read(NAMES[-1])
    made = set()
    for seed in (None, 1, 2):
        out = tmp_path / f"out-{seed}.csv"
        assert match(write(tmp_path, capacities, choices, seed), out).returncode == 0
        made.add(out.read_bytes())
    assert len(made) == 1


def test_a_fault_names_file_line_and_column_and_leaves_what_was_there(tmp_path):
    paths = write(tmp_path, [1], [[(0, 5)], [(0, 5)]])
    (tmp_path / "out.csv").write_text("mine")
    result = match(paths, tmp_path / "out.csv")
    assert result.returncode == 1
    assert "applicants-None.csv: line 3: " in result.stderr
    assert "/applicants/priority" in result.stderr and "line 2" in result.stderr
    assert (tmp_path / "out.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "applicants-None.csv", "out.csv", "places-None.csv"]


def test_a_result_that_is_there_is_replaced(tmp_path):
    paths = write(tmp_path, [1], [[(0, 5)]])
    (tmp_path / "out.csv").write_text("old")
    assert match(paths, tmp_path / "out.csv").returncode == 0
    assert (tmp_path / "out.csv").read_text() == "applicant,place\na0,p0\n"
    assert match(paths, "-").stdout == "applicant,place\na0,p0\n"


def test_quotas_let_a_group_in_first(tmp_path):
    """Of 20 seats, 3 for pupils with a disability and 2 for those from elsewhere."""
    rows = [f"a{i:02},1,school,{i},{groups}" for i, groups in enumerate(
        [""] * 24 + ["disability", "elsewhere", "disability", "disability elsewhere", "disability"])]
    paths = tmp_path / "applicants.csv", tmp_path / "places.csv"
    paths[0].write_text("\n".join(["applicant,choice,place,priority,groups", *rows, ""]))

    def placed(row):
        paths[1].write_text(f"place,capacity,quotas,unfilled\n{row}\n")
        result = match(paths, tmp_path / "out.csv")
        assert result.returncode == 0, result.stderr
        checked = run_edu("check-match", tmp_path / "out.csv", "--applicants", paths[0],
                          "--places", paths[1])
        assert checked.returncode == 0, checked.stderr
        got = read_out(tmp_path / "out.csv")
        return sorted(int(name[1:]) for name, place in got.items() if place), result.stdout

    got, said = placed("school,20,disability=3 elsewhere=2,")
    assert got == [*range(15), 24, 25, 26, 27, 28]  # 27 sits for elsewhere, so that 28 has a seat
    assert "5 on seats of quotas" in said
    assert placed("school,20,disability=1 elsewhere=4,")[0] == [*range(17), 24, 25, 27]
    assert placed("school,20,disability=1 elsewhere=4,kept")[0] == [*range(15), 24, 25, 27]
    assert placed("school,20,disability=0 elsewhere=0,")[0] == [*range(20)]
    (tmp_path / "out.csv").write_text("applicant,place\n" + "".join(
        f"a{i:02},{'school' if i < 20 else ''}\n" for i in range(29)))
    paths[1].write_text("place,capacity,quotas\nschool,20,disability=3 elsewhere=2\n")
    result = run_edu("check-match", tmp_path / "out.csv", "--applicants", paths[0],
                     "--places", paths[1])
    assert result.returncode == 1 and "line 26" in result.stderr


def test_needs_all_three_files(tmp_path):
    assert run_edu("match", "--places", tmp_path / "x").returncode == 2
    assert match((tmp_path / "none.csv", tmp_path / "none.csv"), tmp_path / "out").returncode == 1
