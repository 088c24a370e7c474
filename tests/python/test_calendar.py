"""Calendars and deadlines as a caller sees them."""

import copy
import datetime

import edu
import pytest
from world import data

AZ = data("calendars/az.json")
BAKU = datetime.timezone(datetime.timedelta(hours=4))


@pytest.fixture
def published(world):
    assert world.operator.calendar.publish(copy.deepcopy(AZ)) == 1
    return world


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BAKU)


def test_the_same_calendar_is_published_once(published):
    assert published.operator.calendar.publish(AZ) == 1
    changed = copy.deepcopy(AZ)
    changed["holidays"][12]["dates"].append("2026-03-20")
    assert published.operator.calendar.publish(changed) == 2
    calendars = list(edu.pages(published.operator.calendar.list))
    assert [(one.code, one.version) for one in calendars] == [("az", 2)]
    first = published.operator.calendar.get("az", 1)
    assert first.document == AZ and (first.year_from, first.year_until, first.announced) == (2019, 2060, 2024)


def test_a_fault_has_its_place(published):
    broken = {**AZ, "moved_days": [{"rest": "2024-03-08", "worked": "2024-03-09"}]}
    with pytest.raises(edu.Invalid) as raised:
        published.operator.calendar.publish(broken)
    assert raised.value.field == "/moved_days/0/rest"


def test_a_year(published):
    with published.portal.session("az") as visitor:
        year = visitor.calendar.days("az", 2024)
        assert len(year.days) == 366
        days = {day["date"]: day for day in year.days}
        assert days["2024-03-08"] == \
            {"date": "2024-03-08", "kind": "holiday", "title": "Qadınlar günü"}
        assert days["2024-03-25"]["kind"] == "substitute"
        assert days["2024-03-25"]["other"] == "2024-03-23"
        assert year.worked == sum(day["kind"] in ("working", "worked_rest") for day in year.days)
        with pytest.raises(edu.Invalid):
            visitor.calendar.days("az", 2061)
        with pytest.raises(edu.NotFound):
            visitor.calendar.days("nowhere", 2024)
        file = visitor.calendar.export("az", 2024)
        assert file.name == "az-2024.ics" and file.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_why_a_deadline_is_when_it_is(published):
    term = {"calendar": "az", "received": at("2024-03-07T16:00"), "count": 3, "extra": 1,
            "pauses": [{"from": "2024-03-11T10:00:00+04:00", "until": "2024-03-13T09:30:00+04:00"}]}
    with published.portal.session("az") as visitor:
        deadline = visitor.deadline.explain(term)
    assert deadline.due == at("2024-03-18T18:00")
    assert deadline.day_zero == datetime.date(2024, 3, 7)
    assert deadline.warn_at == at("2024-03-18T09:00")
    assert [(step["date"], step["role"]) for step in deadline.trace][:7] == [
        ("2024-03-07", "zero"), ("2024-03-08", "free"), ("2024-03-09", "free"),
        ("2024-03-10", "free"), ("2024-03-11", "counted"), ("2024-03-12", "paused"),
        ("2024-03-13", "paused")]
    assert deadline.text == (
        "7 mart 2024, 16:00 tarixində qəbul edilib. 7 mart 2024 tarixində qəbul edilmiş sayılır; "
        "bu gün müddətə daxil deyil. "
        "Müddət: 3 + 1 iş günü. "
        "Sayılmayıb: 8 mart 2024 (Qadınlar günü); 9 mart 2024 – 10 mart 2024 (istirahət günü); "
        "12 mart 2024 – 13 mart 2024 (cavab gözlənilir); "
        "16 mart 2024 – 17 mart 2024 (istirahət günü). Müddətin sonu: 18 mart 2024, 18:00.")


@pytest.mark.parametrize("change, field", [
    ({"unit": "weeks"}, "/unit"), ({"count": -1}, "/count"), ({"pauses": [{}]}, "/pauses"),
    ({"pauses": {}}, "/pauses"), ({"warn_percent": 101}, "/percent"), ({"calendar": None}, "/calendar"),
])
def test_terms_are_checked(published, change, field):
    term = {"calendar": "az", "received": at("2024-03-07T16:00"), "count": 3, **change}
    with pytest.raises(edu.Invalid) as raised:
        published.operator.deadline.explain(term)
    assert raised.value.field == field


def test_a_pause_that_lasts(published):
    deadline = published.operator.deadline.explain(
        {"calendar": "az", "received": at("2024-02-26T10:00"), "count": 3,
         "pauses": [{"from": "2024-02-27T12:00:00+04:00"}]})
    assert deadline.is_paused and deadline.due is None and deadline.day is None
    assert deadline.left == 2
