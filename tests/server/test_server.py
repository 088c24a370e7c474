"""What happens to a server under a portal: it crashes, it is restarted, its disk is full; and a copy of
its store is put into another database."""

import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import edu
import pytest
from command import BUILD, ROOT, run_edu
from world import PASSWORD, World

CLUSTER = ROOT / "tests/postgresql/cluster"
THREADS, PUPILS_EACH = 4, 40


class Server:
    """A cluster that is as durable as any."""

    def __init__(self, folder, *settings, **variables):
        self.folder = folder
        done = subprocess.run(
            [CLUSTER, "start", folder, "fsync=on", "full_page_writes=on", *settings],
            capture_output=True, text=True, check=True, env={**os.environ, **variables})
        self.address = done.stdout.strip()

    def database(self, name):
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self.address.replace("/postgres?", f"/{name}?")

    def run(self, sql, database="postgres"):
        return subprocess.run(
            ["psql", "-AtX", "-h", self.folder, "-U", "postgres", "-d", database, "-c", sql],
            capture_output=True, text=True, check=True).stdout.strip()

    def crash(self):
        subprocess.run([CLUSTER, "restart", self.folder], capture_output=True, check=True)

    def stop(self):
        subprocess.run([CLUSTER, "stop", self.folder], check=True)


@pytest.fixture
def server():
    # Names of sockets are short.
    made = Server(tempfile.mkdtemp(prefix="edu-pg-"))
    yield made
    made.stop()


@pytest.fixture
def world(server, tmp_path):
    made = World(tmp_path, schools=4, pupils_each=PUPILS_EACH, store=server.database("portal"))
    yield made
    made.close()


def register(world, sitting, pupils, failures):
    with world.portal.sign_in("clerk", PASSWORD) as session:
        for pupil in pupils:
            try:
                session.olympiad.register(sitting, pupil, f"register {pupil}")
            except edu.Error as error:
                failures.append(f"{error.key}: {error}")


def test_a_crash_under_load_is_not_noticed(server, world):
    _, sitting = world.open_season()
    failures = []
    threads = [
        threading.Thread(target=register, args=(
            world, sitting, world.pupils[i * PUPILS_EACH:(i + 1) * PUPILS_EACH], failures))
        for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(random.uniform(0.1, 0.4))
        server.crash()
    for thread in threads:
        thread.join()
    assert failures == []
    count = THREADS * PUPILS_EACH
    assert server.run("SELECT count(*), count(DISTINCT person_id) FROM application", "portal") == \
        f"{count}|{count}"
    assert server.run("SELECT count(*) FROM event", "portal") == str(count)
    world.operator.portal.check()


def persons(first, count):
    lines = [f"N{i:06},Şəhla{i},İsmayılova,2014-01-01,n{i}@mail.example"
             for i in range(first, first + count)]
    return ("\n".join(["number,given,family,birth,mail", *lines]) + "\n").encode()


def test_of_several_hosts_the_one_that_writes_is_used(server, tmp_path):
    """The first host is one that only answers, as a standby; the second, once the first is gone, is
    still found."""
    reader = Server(tempfile.mkdtemp(prefix="edu-pg-"),
                    "default_transaction_read_only=on")
    try:
        address = f"postgresql:///postgres?host={reader.folder},{server.folder}&user=postgres"
        world = World(tmp_path, schools=1, pupils_each=2, store=address)
        _, sitting = world.open_season()
        failures = []
        register(world, sitting, world.pupils[:1], failures)
        reader.stop()
        server.crash()
        register(world, sitting, world.pupils[1:], failures)
        world.close()
        assert failures == []
        assert server.run("SELECT count(*) FROM application") == "2"
    finally:
        reader.stop()


def test_a_full_disk_is_told_and_changes_nothing(tmp_path):
    flag = Path(tempfile.mkdtemp(prefix="edu-flag-")) / "full"
    flag.parent.chmod(0o755)
    # The server's user may not read the build's folder.
    shim = shutil.copy(BUILD / "tests/server/full_disk.so", flag.parent)
    server = Server(tempfile.mkdtemp(prefix="edu-pg-"), LD_PRELOAD=shim,
                    EDU_FULL_DISK=str(flag))
    world = World(tmp_path, store=server.database("portal"))
    try:
        before = server.run("SELECT count(*) FROM person", "portal")
        flag.touch()
        with pytest.raises(edu.Error) as refused:
            world.operator.account.import_persons(persons(0, 3000))
        assert refused.value.key == "storage.full"
        assert "N000" not in str(refused.value)
        assert server.run("SELECT count(*) FROM person", "portal") == before
        assert world.clerk.account.person(None).given
        # Of others nothing is given whose reading cannot be recorded.
        with pytest.raises(edu.Storage) as refused:
            world.clerk.account.pupils(None, None)
        assert refused.value.key == "storage.full"
        flag.unlink()
        assert len(world.clerk.account.pupils(None, None)) > 0
        assert world.operator.account.import_persons(persons(0, 3000)).added == 3000
        world.operator.portal.check()
    finally:
        world.close()
        server.stop()
        shutil.rmtree(flag.parent)


def test_a_copy_in_another_database(server, world, tmp_path):
    _, sitting = world.open_season()
    world.register_all(sitting)
    keys, copy = tmp_path / "portal.db.keys", tmp_path / "copy"
    here = ("--store", world.store, "--keys", keys)
    there = ("--store", server.database("other"), "--keys", keys)
    assert run_edu("backup", copy, *here).returncode == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert run_edu("backup", copy, *here).returncode == 1
    restored = run_edu("restore", copy, *there)
    assert restored.returncode == 0, restored.stderr
    for table in ("application", "event", "person", "claim"):
        sql = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        assert server.run(sql, "other") == server.run(sql, "portal")
    again = run_edu("restore", copy, *there)
    assert again.returncode == 1 and "empty" in again.stderr
    copy.write_bytes(copy.read_bytes()[:-2000])
    broken = run_edu("restore", copy, "--store", server.database("third"), "--keys", keys)
    assert broken.returncode == 1
    assert server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "third") == "0"


def test_a_restored_file(tmp_path):
    made = World(tmp_path)
    keys, copy, place = tmp_path / "portal.db.keys", tmp_path / "copy", tmp_path / "other.db"
    assert run_edu("backup", copy, "--store", made.store, "--keys", keys).returncode == 0
    made.close()
    there = ("--store", f"sqlite:{place}", "--keys", keys)
    assert run_edu("restore", copy, *there).returncode == 0
    again = run_edu("restore", copy, *there)
    assert again.returncode == 1 and re.search("exists", again.stderr)
    copy.write_bytes(b"no backup of anything")
    assert run_edu("restore", copy, "--store", f"sqlite:{tmp_path}/third.db", "--keys",
                   keys).returncode == 1
    assert not (tmp_path / "third.db").exists()


def test_addresses_that_lead_nowhere(tmp_path):
    keys = tmp_path / "keys"
    for address, what in ((f"postgresql:///x?host={tmp_path}", "no connection"),
                          ("postgresql:///x?colour=red", "not of its form"),
                          ("mysql://here", "no storage engine")):
        refused = run_edu("check", "--store", address, "--keys", keys)
        assert refused.returncode == 1 and what in refused.stderr
    refused = run_edu("check", "--store", "postgresql:///x")
    assert refused.returncode == 1 and "keys file" in refused.stderr
