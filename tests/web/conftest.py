"""The portal over a small world of its own, asked as a browser and as a program would."""

import sys

import pytest
from command import ROOT
from world import World, data, database, minutes, now

sys.path.insert(0, str(ROOT / "examples/portal"))


@pytest.fixture(scope="module")
def world(request, tmp_path_factory):
    on_server = getattr(request.module, "ENGINE", None) == "postgresql"
    made = World(tmp_path_factory.mktemp("world"), store=database() if on_server else None)
    made.operator.calendar.publish(data("calendars/az.json"))
    for service in ("appeal", "club", "school_bus"):
        made.operator.service.publish(data(f"services/{service}.json"))
    made.operator.appeal.rules_publish(data("appeals/az.json"))
    made.season, made.sitting = made.open_season()
    made.group = made.clerk.offering.put({
        "service": "club", "code": "one", "title": {"az": "Şahmat", "en": "Chess"}, "places": -1,
        "opens": now() - minutes(60), "closes": now() + minutes(60), "is_published": True})
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(world):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"STORE": world.store, "KEYS": f"{world.folder}/portal.db.keys",
                            "VAR": str(world.folder), "SECOND_FACTOR": "0",
                            "HOST": "nar.example"}.items():
            patch.setenv(f"EDU_{name}", value)
        import portal
        made = portal.create_app()
        yield made
