import os
import subprocess
import uuid

import pytest
import types_hold
from world import World


@pytest.fixture(scope="session", autouse=True)
def types():
    with pytest.MonkeyPatch.context() as patch:
        types_hold.install(patch)
        yield


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def world_on_each(request, tmp_path):
    """A world on either engine; the tests' cluster goes with all its databases."""
    made = World(tmp_path, store=database() if request.param == "postgresql" else None,
                 payment_page="https://bank.example/pay")
    yield made
    made.close()


def database():
    server, name = os.environ["EDU_TEST_POSTGRESQL"], f"world_{uuid.uuid4().hex}"
    subprocess.run(["psql", "-qX", server, "-c",
                    f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"], check=True)
    return server.replace("/postgres?", f"/{name}?", 1)
