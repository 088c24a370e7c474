"""Announcements as a caller sees them, on both engines."""

import edu
import pytest
from test_rounds import apply, offer, publish
from world import minutes, now

FORM = {"phone": "+994 50 123 45 67"}


def wish(title, **more):
    return {"service": "club", "title": {"az": f"{title} (az)", "en": title},
            "text": {"az": "Mətn", "en": "First.\n\nSecond."}, **more}


def test_what_is_told_and_to_whom(world_on_each):
    world = world_on_each
    publish(world, "club")
    group = offer(world, "club", now() + minutes(60))
    apply(world, world.pupils[0], group, FORM)
    told = world.clerk.announcement.put(wish("A new room", offering_id=group), key="a")
    assert world.clerk.announcement.put(wish("A new room", offering_id=group), key="a") == told
    world.clerk.announcement.put(wish("Holidays", published=now() + minutes(60)))
    with world.portal.session("az") as visitor:
        (shown,) = visitor.announcement.list("club")
        assert (shown.title, shown.offering, shown.is_mine_to_keep) == ("A new room (az)", "Şahmat", False)
        with pytest.raises(edu.Unauthenticated):
            visitor.announcement.own()
    (mine,) = world.pupil.announcement.own()
    assert (mine.title, mine.is_seen) == ("A new room", False)
    world.pupil.announcement.see(told)
    assert world.pupil.announcement.own()[0].is_seen
    with pytest.raises(edu.Denied):
        world.pupil.announcement.put(wish("Mine"))
    assert [one.title for one in world.clerk.announcement.kept("club")] == ["Holidays", "A new room"]
    world.clerk.announcement.put(wish("Another room", id=told, offering_id=group))
    changed = world.pupil.announcement.get(told)
    assert (changed.title, changed.version, changed.is_seen) == ("Another room", 2, False)
    assert changed.texts is None and world.clerk.announcement.get(told).texts["az"] == "Mətn"
    world.clerk.announcement.withdraw(told)
    assert list(world.pupil.announcement.own()) == []
    with pytest.raises(edu.NotFound):
        world.pupil.announcement.get(told)
    with pytest.raises(edu.State) as gone:
        world.clerk.announcement.put(wish("Again", id=told, offering_id=group))
    assert gone.value.key == "announcement.withdrawn"
