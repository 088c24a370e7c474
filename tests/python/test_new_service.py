"""The service of docs/writing-a-service.md, as its reader makes it: a file in an empty folder, published by
the command, in a store that has just been made; run to its end on both engines."""

import json
import re

import edu
import pytest
from command import ROOT, run_edu
from test_rounds import apply
from world import data

PAGE = ROOT / "docs/writing-a-service.md"


def write_service(path):
    parts = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(parts) == 5
    path.write_text("{" + ",".join(parts) + "}", encoding="utf-8")


def test_the_page_is_followed_to_the_letter(tmp_path):
    write_service(tmp_path / "school_bus.json")
    store = ("--store", "sqlite:portal.db")
    for words in (("init",), ("publish", "calendar", ROOT / "examples/data/calendars/az.json"),
                  ("publish", "service", "school_bus.json")):
        done = run_edu(*words, *store, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert done.stdout == "school_bus.json: version 1\n"
    # A fault is told with its place.
    wrong = json.loads((tmp_path / "school_bus.json").read_text(encoding="utf-8"))
    wrong["actions"]["return"]["to"] = "retruned"
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    done = run_edu("publish", "service", "wrong.json", *store, cwd=tmp_path)
    assert done.returncode == 1 and "/actions/return/to" in done.stderr


def test_it_runs_to_its_end(world_on_each, tmp_path):
    world = world_on_each
    write_service(tmp_path / "school_bus.json")
    world.operator.calendar.publish(data("calendars/az.json"))
    service = json.loads((tmp_path / "school_bus.json").read_text(encoding="utf-8"))
    assert world.operator.service.publish(service) == 1
    bus = world.clerk.offering.list({"service": "school_bus"})[0].id
    child, other = world.pupils[:2]
    with pytest.raises(edu.Invalid) as wrong:
        apply(world, child, bus, {"stop": "market", "phone": "none"})
    assert wrong.value.field == "/phone"
    form = {"stop": "market", "phone": "+994 50 123 45 67"}
    made = apply(world, child, bus, form)
    with pytest.raises(edu.Conflict):
        apply(world, child, bus, form)
    act = world.clerk.request.act
    act(child, made.id, "return", None, [{"field": "/phone", "text": "Nobody answers"}])
    draft = world.clerk.draft.save(child, bus, made.id, {**form, "phone": "055 765 43 21"}, None)
    assert world.clerk.request.submit(child, draft).state == "submitted"
    act(child, made.id, "approve", None, None)
    with pytest.raises(edu.State):
        act(child, made.id, "refuse", "Too late", None)
    refused = apply(world, other, bus, form)
    with pytest.raises(edu.Invalid):
        act(other, refused.id, "refuse", None, None)
    act(other, refused.id, "refuse", "Home is near", None)
    assert world.clerk.request.get(other, refused.id).state == "refused"
    assert [event.action for event in world.clerk.request.timeline(child, made.id)] == \
        ["submit", "return", "submit", "approve"]
    # The receipt proves what was sent, also to who has only the file.
    receipt = world.clerk.request.receipt_file(child, made.id)
    with world.portal.session("en") as visitor:
        assert visitor.certificate.check_file(receipt.content).status == "valid"
