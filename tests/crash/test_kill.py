"""Killed with -9 at random instants under four writers, during registration and during allocation:
nothing acknowledged is lost, no seat is given twice, nothing is over capacity."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import edu
import pytest
from command import IS_NIGHTLY, run_edu
from world import PASSWORD, World, open_portal

ROUNDS = 500 if IS_NIGHTLY else 50
WRITERS = 4
WRITER = Path(__file__).with_name("writer.py")
SEED = int(os.environ.get("EDU_SEED", random.randrange(1 << 32)))

SCHOOLS, PUPILS_EACH = 4, 150


class Template:
    """A store that each round starts from."""

    def __init__(self, folder, is_frozen):
        self.folder = folder
        world = World(folder, SCHOOLS, PUPILS_EACH)
        season, self.sitting = world.open_season()
        self.pupils = list(world.pupils)
        if is_frozen:
            world.register_all(self.sitting)
            world.freeze(season, self.sitting)
        world.close()


@pytest.fixture(scope="module")
def open_list(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("open"), is_frozen=False)


@pytest.fixture(scope="module")
def frozen_list(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("frozen"), is_frozen=True)


def query(folder, sql):
    with contextlib.closing(sqlite3.connect(folder / "portal.db")) as store:
        rows = store.execute(sql).fetchall()
        store.commit()
        return rows


def raw(text):
    """An identifier as the store keeps it."""
    return bytes.fromhex(text.replace("-", ""))


# ---- one round ----


def start(folder, index, task, sitting, persons):
    return subprocess.Popen(
        [sys.executable, WRITER, folder, f"{folder}.{index}.journal", task, sitting, *persons],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )


def run_and_kill(folder, sitting, tasks, seconds):
    """Starts a process for each task, lets all begin at once, and kills all after that time."""
    writers = [
        start(folder, index, task, sitting, persons) for index, (task, persons) in enumerate(tasks)
    ]
    try:
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.stdin.write("go\n")
            writer.stdin.flush()
        time.sleep(seconds)
    finally:
        for writer in writers:
            writer.kill()
        for writer in writers:
            writer.communicate()
    for writer in writers:
        assert writer.returncode in (0, -signal.SIGKILL)


def read_journals(folder):
    """Acknowledgements; a last line that was cut off was not one."""
    lines = []
    for index in range(WRITERS):
        path = Path(f"{folder}.{index}.journal")
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        lines += text.split("\n")[:-1]
    return [json.loads(line) for line in lines]


def assert_nothing_lost(folder, acknowledged):
    applications = {
        (person, application): state
        for person, application, state in query(folder, "SELECT person_id, id, state FROM application")
    }
    allocations = dict(query(folder, "SELECT id, state FROM allocation"))
    for line in acknowledged:
        if line["what"] == "proposed":
            assert allocations[raw(line["allocation"])] in ("proposed", "confirming", "confirmed")
        elif line["what"] == "confirmed":
            assert allocations[raw(line["allocation"])] == "confirmed"
        else:
            state = applications[raw(line["person"]), raw(line["application"])]
            assert state == "withdrawn" or line["what"] == "registered"


def assert_seats_right(folder):
    """Asked of the rows themselves, not of the constraints that should see to it."""
    twice = "SELECT {0} FROM seat GROUP BY {0} HAVING COUNT(*) > 1"
    assert not query(folder, twice.format("sitting_id, centre, room, desk"))
    assert not query(folder, twice.format("sitting_id, person_id"))
    assert not query(
        folder,
        "SELECT x.centre, x.room FROM seat x GROUP BY x.sitting_id, x.centre, x.room"
        " HAVING COUNT(*) > (SELECT COUNT(*) FROM desk d"
        " WHERE d.centre = x.centre AND d.room = x.room)",
    )
    assert not query(
        folder,
        "SELECT 1 FROM seat x JOIN entry e ON e.application_id = x.application_id"
        " WHERE x.slip IS NOT NULL AND e.is_open = 0",
    )


def assert_sound(folder):
    acknowledged = read_journals(folder)
    result = run_edu("check", "--store", f"sqlite:{folder}/portal.db")
    assert result.returncode == 0, result.stderr
    assert_nothing_lost(folder, acknowledged)
    assert_seats_right(folder)
    return acknowledged


def finish_allocation(folder, sitting):
    """What was cut off can be brought to its end, and then everybody on the list has a seat."""
    # A run is given up as dead after a minute: this one has been dead for that long.
    query(folder, "UPDATE allocation SET changed = changed - 120000000 WHERE state = 'running'")
    with open_portal(folder) as portal, portal.sign_in("clerk", PASSWORD) as clerk, portal.sign_in(
        "clerk2", PASSWORD
    ) as clerk2:
        try:
            clerk.olympiad.allocate(sitting)
        except edu.Conflict:
            pass
        allocation = clerk.olympiad.allocation(sitting)
        if allocation.state != "confirmed":
            clerk2.olympiad.confirm(allocation.id)
        assert clerk.olympiad.allocation(sitting).state == "confirmed"
    assert_sound(folder)
    on_list = query(folder, "SELECT COUNT(*) FROM entry WHERE is_open = 1")
    assert query(folder, "SELECT COUNT(*) FROM seat WHERE slip IS NOT NULL") == on_list


def rounds(template, tmp_path, salt):
    """Half of all rounds, each in a copy of the template, with a draw of its own."""
    for number in range(ROUNDS // 2):
        folder = tmp_path / f"round{number}"
        shutil.copytree(template.folder, folder)
        print(f"EDU_SEED={SEED}, round {number}")
        yield folder, random.Random(f"{SEED} {salt} {number}")
        shutil.rmtree(folder)


def test_killed_while_registering(open_list, tmp_path):
    total = 0
    for folder, draw in rounds(open_list, tmp_path, "register"):
        pupils = draw.sample(open_list.pupils, len(open_list.pupils))
        tasks = [("register", pupils[i::WRITERS]) for i in range(WRITERS)]
        run_and_kill(folder, open_list.sitting, tasks, draw.uniform(0.01, 0.5))
        total += len(assert_sound(folder))
    assert total > ROUNDS


def test_killed_while_allocating(frozen_list, tmp_path):
    seen = set()
    for folder, draw in rounds(frozen_list, tmp_path, "allocate"):
        pupils = draw.sample(frozen_list.pupils, 100)
        tasks = [("allocate", []), ("confirm", []), ("withdraw", pupils[:50]),
                 ("withdraw", pupils[50:])]
        run_and_kill(folder, frozen_list.sitting, tasks, draw.uniform(0.005, 0.3))
        assert_sound(folder)
        seen |= {state for state, in query(folder, "SELECT state FROM allocation")}
        finish_allocation(folder, frozen_list.sitting)
    assert len(seen) > 1, seen


# ---- two clerks at once ----


def test_two_clerks_allocate_at_once_with_one_outcome(frozen_list, tmp_path):
    for number in range(10):
        folder = tmp_path / f"both{number}"
        shutil.copytree(frozen_list.folder, folder)
        outcomes = []
        barrier = threading.Barrier(2)

        def allocate(session):
            barrier.wait()
            try:
                outcomes.append(session.olympiad.allocate(frozen_list.sitting))
            except (edu.Busy, edu.Conflict) as refusal:
                outcomes.append(refusal)

        # Two portals, as of two processes: nothing is shared but the file.
        with open_portal(folder) as one, open_portal(folder) as two:
            sessions = [one.sign_in("clerk", PASSWORD), two.sign_in("clerk2", PASSWORD)]
            threads = [threading.Thread(target=allocate, args=[session]) for session in sessions]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            made = [outcome for outcome in outcomes if isinstance(outcome, str)]
            assert len(outcomes) == 2 and len(made) == 1, outcomes
            assert sessions[0].olympiad.allocation(frozen_list.sitting).id == made[0]
            for session in sessions:
                session.close()
        assert query(folder, "SELECT state FROM allocation WHERE is_open = 1") == [("proposed",)]
        assert query(folder, "SELECT DISTINCT allocation_id FROM seat") == [(raw(made[0]),)]
        assert_sound(folder)
        shutil.rmtree(folder)
