"""Clubs as a caller sees them, on both engines: places, the list, clashes, from year to year."""

import edu
import pytest
from test_rounds import apply, offer, publish
from world import minutes, now


def test_who_has_a_place_is_offered_one_of_the_next_year(world_on_each):
    world = world_on_each
    publish(world, "club")
    first = offer(world, "club", now() + minutes(60), by_round=False, places=2)
    one, two, three = world.pupils[:3]
    form = {"phone": "+994 50 123 45 67"}
    made = {child: apply(world, child, first, form) for child in (one, two, three)}
    assert [made[child].state for child in (one, two, three)] == ["enrolled", "enrolled", "waiting"]
    with pytest.raises(edu.State) as nothing:
        world.clerk.request.carry(first, True)
    assert nothing.value.key == "carry.follows"
    following = offer(world, "club", now() + minutes(90), code="two", follows="one", opens=now(),
                      places=2)
    assert world.clerk.offering.get(following).follows_id == first
    preview = world.clerk.request.carry(following, True)
    assert (preview.carried, preview.waiting, preview.left) == (2, 0, [])
    assert world.clerk.request.carry(following, False).carried == 2
    assert world.clerk.request.carry(following, False).carried == 0
    offered = {item.person_id: item for item in world.clerk.request.worklist(
        {"service": "club", "offering_id": following})}
    assert {item.state for item in offered.values()} == {"offered"}
    # Who comes new waits; a place that is given up goes to them at once.
    newcomer = apply(world, three, following, form)
    assert newcomer.state == "waiting"
    world.clerk.request.act(one, offered[one].id, "accept", None, None)
    world.clerk.request.act(two, offered[two].id, "decline", None, None)
    assert world.clerk.request.get(three, newcomer.id).state == "enrolled"
    with pytest.raises(edu.State):
        world.clerk.request.act(two, offered[two].id, "accept", None, None)


TUESDAY = [{"day": 2, "from": "16:00", "until": "17:30"}]
LATER_ON_TUESDAY = [{"day": 2, "from": "17:00", "until": "18:00"}]
FORM = {"phone": "+994 50 123 45 67"}


def test_what_goes_wrong_on_the_way(world_on_each):
    world = world_on_each
    publish(world, "club")
    group = offer(world, "club", now() + minutes(60), places=1, times=TUESDAY)
    other = offer(world, "club", now() + minutes(60), code="two", places=5, times=LATER_ON_TUESDAY)
    young = offer(world, "club", now() + minutes(60), code="three", age_until=5)
    over = offer(world, "club", now(), code="four")
    one, two, three = world.pupils[:3]
    first, second = apply(world, one, group, FORM), apply(world, two, group, FORM)
    assert (first.state, second.state) == ("enrolled", "waiting")
    for kind, key, child, what in ((edu.Conflict, "application.already", one, group),
                                   (edu.State, "request.clash", one, other),
                                   (edu.State, "request.age", three, young),
                                   (edu.State, "request.closed", three, over)):
        with pytest.raises(kind) as error:
            apply(world, child, what, FORM)
        assert error.value.key == key
    with pytest.raises(edu.State) as fewer:
        offer(world, "club", now() + minutes(60), places=0, times=TUESDAY)
    assert fewer.value.key == "offering.places"
    # Who waits for one and has a place in the other at these times keeps the place on the list.
    elsewhere = apply(world, two, other, FORM)
    world.clerk.request.act(one, first.id, "dismiss", "Moved away", None)
    assert world.clerk.request.get(two, second.id).state == "waiting"
    world.clerk.request.act(two, elsewhere.id, "dismiss", "Wants the other", None)
    offer(world, "club", now() + minutes(60), places=1, times=TUESDAY)
    assert world.clerk.request.get(two, second.id).state == "enrolled"
    # Once out, one may come again, behind who waits.
    again = apply(world, one, group, FORM)
    assert (again.state, world.clerk.request.get(one, again.id).position) == ("waiting", 1)


def test_a_group_is_found_by_direction_age_and_day(world_on_each):
    world = world_on_each
    publish(world, "club")
    assert "sport" in [one["code"] for one in world.clerk.service.get("club").request["directions"]]
    offer(world, "club", now() + minutes(60), code="judo", direction="sport", age_from=6, age_until=9, times=TUESDAY)
    offer(world, "club", now() + minutes(60), code="choir", direction="creative")

    def found(**wanted):
        return sorted(one.code for one in world.pupil.offering.list({"service": "club", **wanted}))

    assert found() == ["choir", "judo"]
    assert found(direction="sport") == found(day=2) == ["judo"]
    assert found(age=10) == found(direction="creative", age=7) == ["choir"]
    assert found(direction="sport", age=10) == []
    assert world.pupil.offering.list({"service": "club", "day": 2})[0].direction == "sport"
    assert found(only_kept=True) == []
    assert len(world.clerk.offering.list({"service": "club", "only_kept": True})) == 2
    with pytest.raises(edu.Invalid) as day:
        found(day=8)
    assert day.value.key == "offering.day"
