"""What is held on a person is given to them, and erased."""

import edu
import pytest
from world import PASSWORD, data


def appeal_and_withdraw(world):
    world.operator.calendar.publish(data("calendars/az.json"))
    world.operator.service.publish(data("services/appeal.json"))
    world.operator.appeal.rules_publish(data("appeals/az.json"))
    receipt = world.pupil.appeal.submit({"category": "building", "text": "Məktəbin damı axır."})
    return receipt.person_id, receipt.id


def test_given_erased_and_erased_again(world_on_each):
    world = world_on_each
    person, appeal = appeal_and_withdraw(world)
    given = world.pupil.privacy.export(None)
    assert given.person_id == person and given.made.tzinfo
    assert given.content["person"]["number"] == "PUP0000"
    assert given.content["account"][0]["login"] == "pupil"
    assert [text["text"] for text in given.content["appeal_texts"]] == ["Məktəbin damı axır."]
    with pytest.raises(edu.NotFound):
        world.clerk.privacy.export(person)
    with pytest.raises(edu.State) as open_one:
        world.operator.privacy.erase(person, "their wish", False)
    assert open_one.value.key == "privacy.has_open"
    world.pupil.appeal.withdraw(person, appeal, "Artıq yox.")
    with pytest.raises(edu.Denied):
        world.clerk.privacy.erase(person, "their wish", False)

    world.operator.privacy.erase(person, "their wish", False, key="once")
    world.operator.privacy.erase(person, "their wish", False, key="once")
    left = world.operator.privacy.export(person).content
    assert left["person"]["given"] == "" and left["account"] == [] and left["appeal_texts"][0]["text"] == ""
    with pytest.raises(edu.Unauthenticated):
        world.portal.sign_in("pupil", PASSWORD)

    listed = world.operator.privacy.erasures()
    assert listed.type.startswith("text/csv") and person.encode() in listed.content
    assert world.operator.privacy.replay(listed.content) == 0
    with pytest.raises(edu.Invalid) as faulty:
        world.operator.privacy.replay(b"person,at,by,reason\nx,y,z,r\n")
    assert (faulty.value.line, faulty.value.field) == (2, "/person")


def test_who_has_read_is_told(world_on_each):
    world = world_on_each
    person = world.pupil.account.person(None).id
    before = [one.roles for one in world.pupil.privacy.reads(None)]
    assert set(before) <= {"operator"}  # who made the world
    world.clerk.why("their school rang")
    world.clerk.account.person(person)
    one, *rest = edu.pages(world.pupil.privacy.reads, person)
    assert len(rest) == len(before)
    assert (one.what, one.roles, one.why, one.count) == ("person", "clerk", "their school rang", 1)
    assert one.reader and one.since.tzinfo and one.reader_id != person
    world.clerk.why(None)
    with pytest.raises(edu.NotFound):
        world.clerk.privacy.reads(person)
    with pytest.raises(edu.Denied):
        world.clerk.privacy.list_reads()
    list(edu.pages(world.clerk.account.pupils, None, None))
    listed = next(edu.pages(world.operator.privacy.list_reads))
    assert (listed.what, listed.about) == ("pupils", "")
    assert [row["why"] for row in world.pupil.privacy.export(None).content["readings"]][-1] == "their school rang"


def test_what_is_no_longer_kept_is_ended(world_on_each):
    world = world_on_each
    rules = world.operator.privacy.retention().rules
    assert rules["notifications"] == 1095 and rules["drafts"] == {"": 365} and rules["documents"] == {}
    world.operator.privacy.retention_put({"notifications": 30, "drafts": {"club": 90}})
    rules = world.operator.privacy.retention().rules
    assert (rules["notifications"], rules["drafts"], rules["commands"]) == (30, {"": 365, "club": 90}, 365)
    with pytest.raises(edu.Invalid) as refused:
        world.operator.privacy.retention_put({"certificates": 30})
    assert refused.value.key == "privacy.retention"
    foretold = world.operator.privacy.retain(True).counts
    assert set(foretold) == set(rules) and set(foretold.values()) == {0}
    assert world.operator.privacy.retain(False).counts == foretold
    with pytest.raises(edu.Denied):
        world.clerk.privacy.retain(True)
