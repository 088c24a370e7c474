"""Killed with -9 at random instants under four writers, during registration, during allocation and while a
round is confirmed: nothing acknowledged is lost, no seat or place is given twice, nothing is over
capacity."""

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
from command import IS_NIGHTLY, ROOT, run_edu
from world import PASSWORD, World, csv, minutes, now, open_portal

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
        elif line["what"] == "round confirmed":
            assert query(folder, "SELECT state FROM offering_round WHERE state <> 'open'") == [("confirmed",)]
        elif line["what"] == "declined":
            assert applications[raw(line["person"]), raw(line["application"])] == "declined"
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
            clerk.sitting.allocate(sitting)
        except edu.Conflict:
            pass
        allocation = clerk.sitting.allocation(sitting)
        if allocation.state != "confirmed":
            clerk2.sitting.confirm(allocation.id)
        assert clerk.sitting.allocation(sitting).state == "confirmed"
    assert_sound(folder)
    on_list = query(folder, "SELECT COUNT(*) FROM entry WHERE is_open = 1")
    assert query(folder, "SELECT COUNT(*) FROM seat WHERE slip IS NOT NULL") == on_list


def rounds(template, tmp_path, salt):
    """A third of all rounds, each in a copy of the template, with a draw of its own."""
    for number in range(ROUNDS // 3):
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


# ---- a round ----


def competition_of(world, draw):
    """A competition whose ranking is proposed: everybody ranks three of its vacancies."""
    data = ROOT / "examples/data"
    definition = json.loads((data / "services/recruitment.json").read_text("utf-8"))
    del definition["request"]["documents"], definition["request"]["ages"], definition["scores"]["interview"]
    definition["ranking"] = [{"score": "test"}, "lottery"]
    definition["actions"]["decline"]["by"].append("clerk")
    world.operator.calendar.publish(json.loads((data / "calendars/az.json").read_text("utf-8")))
    world.operator.service.publish(definition)

    def offer(code, closes, **more):
        return world.clerk.offering.put({
            "service": "recruitment", "code": code, "title": {"az": code, "en": code}, "by_round": True,
            "opens": now() - minutes(60), "closes": closes, "is_published": True, **more})

    competition = offer("autumn", now() + minutes(60), places=-1)
    vacancies = [offer(f"v{i}", now() + minutes(60), round="autumn", places=draw.randint(1, 9))
                 for i in range(60)]
    form = {"phone": "+994 50 123 45 67", "education": "master", "speciality": "Welding",
            "years_of_work": 1, "exam_region": "BA"}
    applications = []
    for person in world.pupils:
        draft = world.clerk.draft.save(person, competition, None, form, draw.sample(vacancies, 3))
        applications.append((person, world.clerk.request.submit(person, draft).id))
        world.clerk.request.act(*applications[-1], "admit", None, None)
    points = [(f"PUP{i:04}", draw.randint(40, 100)) for i in range(len(world.pupils))]
    world.clerk.score.import_(competition, "test", csv("number,points", *points))
    offer("autumn", now(), places=-1)
    world.clerk.round.propose(competition, None)
    return competition, applications


class Competition:
    def __init__(self, folder):
        self.folder = folder
        world = World(folder, SCHOOLS, PUPILS_EACH)
        self.competition, applications = competition_of(world, random.Random(f"{SEED} competition"))
        self.applications = ["/".join(pair) for pair in applications]
        world.close()


@pytest.fixture(scope="module")
def proposed_round(tmp_path_factory):
    return Competition(tmp_path_factory.mktemp("proposed"))


def assert_places_right(folder):
    """Asked of the rows themselves, not of the counts that should agree with them."""
    assert not query(
        folder,
        "SELECT o.code FROM offering o WHERE o.round_id IS NOT NULL AND (o.taken <> (SELECT COUNT(*)"
        " FROM request r WHERE r.offering_id = o.id AND r.holds_place = 1) OR o.taken > o.places)")
    assert not query(folder, "SELECT person_id FROM request WHERE holds_place = 1"
                             " GROUP BY person_id HAVING COUNT(*) > 1")
    # What a round does to an application it does once.
    assert not query(folder, "SELECT application_id FROM event WHERE action IN ('offer', 'fail')"
                             " GROUP BY application_id HAVING COUNT(*) > 1")
    assert not query(
        folder,
        "SELECT 1 FROM round_row w JOIN event e ON e.application_id = w.request_id"
        " AND e.action IN ('offer', 'fail') WHERE w.is_done = 0")


def finish_round(folder, competition):
    """What was cut off is brought to its end by the same call; then nobody would rather have a free place."""
    with open_portal(folder) as portal, portal.sign_in("clerk2", PASSWORD) as clerk2:
        if clerk2.round.get(competition).state != "confirmed":
            clerk2.round.confirm(competition)
        assert clerk2.round.get(competition).state == "confirmed"
    assert_sound(folder)
    assert_places_right(folder)
    assert not query(folder, "SELECT 1 FROM round_row WHERE is_done = 0")
    assert not query(
        folder,
        "SELECT 1 FROM request_choice c JOIN offering o ON o.id = c.offering_id AND o.taken < o.places"
        " JOIN request r ON r.id = c.request_id LEFT JOIN request_choice h ON h.request_id = r.id"
        " AND h.offering_id = r.offering_id WHERE r.state = 'reserve'"
        " OR r.state = 'offered' AND h.choice > c.choice")


def test_killed_while_a_round_is_confirmed(proposed_round, tmp_path):
    done = set()
    for folder, draw in rounds(proposed_round, tmp_path, "round"):
        pairs = draw.sample(proposed_round.applications, len(proposed_round.applications))
        tasks = [("confirm_round", []), *(("decline", pairs[i::3]) for i in range(3))]
        run_and_kill(folder, proposed_round.competition, tasks, draw.uniform(0.005, 0.5))
        assert_sound(folder)
        assert_places_right(folder)
        done |= set(query(folder, "SELECT COUNT(*) FROM round_row WHERE is_done = 1"))
        finish_round(folder, proposed_round.competition)
    # Some were cut off between two parts of the confirmation.
    assert len(done) > 1, done


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
                outcomes.append(session.sitting.allocate(frozen_list.sitting))
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
            assert sessions[0].sitting.allocation(frozen_list.sitting).id == made[0]
            for session in sessions:
                session.close()
        assert query(folder, "SELECT state FROM allocation WHERE is_open = 1") == [("proposed",)]
        assert query(folder, "SELECT DISTINCT allocation_id FROM seat") == [(raw(made[0]),)]
        assert_sound(folder)
        shutil.rmtree(folder)
