"""Several edu deliver at once, on either engine: each message goes out, and none twice."""

import re
import subprocess
from collections import Counter

import pytest
from command import BUILD, run_edu
from world import PASSWORD, PUPIL_BIRTH, World, database

MESSAGES = 40


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request, tmp_path):
    made = World(tmp_path, schools=1, pupils_each=MESSAGES, store=database() if request.param == "postgresql" else None)
    yield made
    made.close()


def test_nothing_goes_out_twice(fresh, tmp_path):
    with fresh.portal.session("en") as visitor:
        for number in range(1, MESSAGES):
            visitor.account.register({"login": f"login{number}", "password": PASSWORD, "number": f"PUP{number:04}",
                                      "birth": PUPIL_BIRTH})
    waiting = fresh.operator.portal.queues().messages
    assert waiting == MESSAGES - 1
    place = ["--store", fresh.store, "--keys", f"{tmp_path}/portal.db.keys"]
    workers = [subprocess.Popen([BUILD / "examples/cli/edu", "deliver", "--metrics", f"{tmp_path}/{number}.prom", *place])
               for number in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    [outbox] = [path for path in tmp_path.iterdir() if path.name.endswith(".outbox")]
    sent = [path.read_text("utf-8") for path in outbox.rglob("*") if path.is_file()]
    assert len(sent) == waiting
    assert max(Counter(re.search(r"[\w.]+@mail\.example", text).group() for text in sent).values()) == 1
    assert fresh.operator.portal.queues().messages == 0
    assert all('edu_queue_length{queue="messages"}' in (tmp_path / f"{number}.prom").read_text() for number in range(3))


def test_it_goes_on_until_it_is_told_to_end(fresh, tmp_path):
    place = ["--store", fresh.store, "--keys", f"{tmp_path}/portal.db.keys"]
    worker = subprocess.Popen([BUILD / "examples/cli/edu", "deliver", "--every", "1", "--metrics", f"{tmp_path}/m", *place])
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(2)
    finally:
        worker.terminate()
    assert worker.wait(20) == 0
    assert run_edu("deliver", "--metrics", f"{tmp_path}/none/m", *place).returncode == 1
