"""One person who is there twice is found, told apart, or merged."""

import edu
import pytest
from command import run_edu
from world import PASSWORD, PUPIL_BIRTH, csv


def there_twice(world):
    """The pupil's first record, by a number, and their second, by a document."""
    pupil = world.pupils[0]
    known = world.clerk.account.person(pupil)
    world.operator.account.import_persons(
        csv("document,given,family,birth", ("X-4000001", known.given.upper(), known.family.upper(), PUPIL_BIRTH)))
    others = [one for one in world.clerk.person.duplicates() if pupil in (one.person_id, one.other_id)]
    assert len(others) == 1
    found = others[0]
    return pupil, found.other_id if found.person_id == pupil else found.person_id


def test_found_looked_at_and_merged(world_on_each):
    world = world_on_each
    pupil, second = there_twice(world)
    with pytest.raises(edu.Denied):
        world.pupil.person.duplicates()
    before = world.clerk.person.merge_preview(second, pupil)
    assert before.against == [] and before.account == "merged"
    assert before.identifiers["number"] == "merged" and before.identifiers["document"] == "kept"
    assert before.moved["schools"] == 1
    done = world.clerk.person.merge(second, pupil, key="once")
    assert (done.kept_id, done.merged_id, done.moved) == (second, pupil, before.moved)
    assert world.clerk.person.merge(second, pupil, key="once").moved == before.moved
    with pytest.raises(edu.Unauthenticated):
        world.pupil.account.person(None)
    again = world.portal.sign_in("pupil", PASSWORD)
    assert again.account.identity().person_id == second
    assert world.clerk.account.person(pupil).id == second
    assert world.clerk.account.find("PUP0000", PUPIL_BIRTH).id == second
    assert again.privacy.export(None).content["person"]["number"] == "PUP0000"
    with pytest.raises(edu.State) as refused:
        world.clerk.person.merge(world.pupils[1], pupil)
    assert refused.value.key == "person.merged"


def test_two_people_are_told_apart(world):
    pupil, second = there_twice(world)
    world.clerk.person.distinct(pupil, second, key="apart")
    assert {pupil, second} not in [{one.person_id, one.other_id} for one in world.clerk.person.duplicates()]
    with pytest.raises(edu.NotFound):
        world.clerk.person.distinct(pupil, world.pupils[1])


def test_what_stands_against_it_is_told_with_its_key(world):
    found = world.clerk.person.merge_preview(world.pupils[0], world.pupils[1])
    assert {"key": "person.numbers", "message": "they have two numbers; put the register right first"} in found.against
    with pytest.raises(edu.Invalid) as same:
        world.clerk.person.merge_preview(world.pupils[0], world.pupils[0])
    assert same.value.key == "person.same"


def test_by_the_command(world):
    pupil, second = there_twice(world)
    place = ("--store", f"sqlite:{world.folder}/portal.db")
    listed = run_edu("person", "duplicates", *place)
    assert {pupil, second} in [set(line.split(",")) for line in listed.stdout.splitlines()[1:]]
    looked_at = run_edu("person", "merge", second, pupil, "--check", *place)
    assert (looked_at.returncode, "schools: 1" in looked_at.stdout) == (0, True)
    assert world.clerk.account.person(pupil).id == pupil
    twins = run_edu("person", "merge", world.pupils[1], world.pupils[2], "--check", *place)
    assert "against: they have two numbers; put the register right first (person.numbers)" in twins.stdout
    assert run_edu("person", "merge", world.pupils[1], world.pupils[2], *place).returncode == 1
    assert run_edu("person", "merge", second, pupil, *place).returncode == 0
    assert world.clerk.account.person(pupil).id == second
    assert run_edu("person", "distinct", second, pupil, *place).returncode == 1
    assert run_edu("person", "merge", second).returncode == 2
