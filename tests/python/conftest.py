import flat
import pytest
import types_hold
from world import World, database


@pytest.fixture(scope="session", autouse=True)
def types():
    with pytest.MonkeyPatch.context() as patch:
        types_hold.install(patch)
        flat.install(patch)
        yield


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def world_on_each(request, tmp_path):
    """A world on either engine."""
    made = World(tmp_path, store=database() if request.param == "postgresql" else None,
                 payment_page="https://bank.example/pay")
    yield made
    made.close()
