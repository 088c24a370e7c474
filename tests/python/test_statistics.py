"""Figures as a caller sees them, on both engines."""

import csv
import datetime
import io

import edu
import pytest
from test_rounds import apply, offer, publish
from world import minutes, now

FORM = {"phone": "+994 50 123 45 67"}
APPLICATIONS = ["received", "open", "decided", "withdrawn", "median", "percentile_90"]


def period():
    return now() - datetime.timedelta(days=7), now() + datetime.timedelta(days=1)


def table(document):
    return list(csv.DictReader(io.StringIO(document.content.decode())))


def test_applications_of_a_service(world_on_each):
    world = world_on_each
    publish(world, "club")
    group = offer(world, "club", now() + minutes(60))
    for pupil in world.pupils[:6]:
        apply(world, pupil, group, FORM)
    figures = world.clerk.statistics.applications("club", *period())
    assert [(one["code"], one["unit"]) for one in figures.measures] == [
        (code, "days" if code in ("median", "percentile_90") else "count") for code in APPLICATIONS]
    (everything,) = figures.groups["all"]
    assert everything["received"] == 6 and everything["is_hidden"] is False
    assert everything["decided"] + everything["open"] + everything["withdrawn"] == 6
    assert [(one["title"], one["received"]) for one in figures.groups["what"]] == [("Chess", 6)]
    assert sum(one["received"] for one in figures.groups["region"]) == 6
    assert sum(one["received"] for one in figures.groups["day"]) == 6
    assert all(one["decided"] is None for one in figures.groups["region"] if one["is_hidden"])
    rows = table(world.clerk.statistics.applications_csv("club", *period()))
    assert (rows[0]["group"], rows[0]["received"]) == ("all", "6")
    assert {row["title"] for row in rows if row["group"] == "what"} == {"Chess"}
    with pytest.raises(edu.Denied):
        world.pupil.statistics.applications("club", *period())
    with pytest.raises(edu.Invalid) as wrong:
        world.clerk.statistics.applications("club", *reversed(period()))
    assert wrong.value.key == "statistics.period"


def test_invoices_and_certificates(world_on_each):
    world = world_on_each
    with world.portal.operator() as operator:
        person = world.pupils[0]
        clerk = operator.account.find("STF0002", datetime.date(1980, 1, 1))
        operator.account.grant(clerk.id, "finance", "", "")
        for amount, currency in ((12050, "AZN"), (500, "EUR"), (100, "AZN")):
            world.clerk2.payment.invoice({"person_id": person, "kind": "diploma", "title": {"en": "Diploma"},
                                          "amount": amount, "currency": currency})
        figures = operator.statistics.payments(*period())
        assert [(one["currency"], one["invoices"], one["outstanding"]) for one in figures.groups["all"]] == \
            [("AZN", 2, 12150), ("EUR", 1, 500)]
        assert {one["unit"] for one in figures.measures} == {"count", "money"}
        rows = table(operator.statistics.payments_csv(*period()))
        assert [row["invoiced_minor"] for row in rows if row["group"] == "kind"] == ["12150", "500"]
        issued = operator.statistics.certificates(*period())
        assert issued.groups["all"][0]["issued"] == 0 and issued.groups["what"] == []
        assert table(operator.statistics.certificates_csv(*period()))[0]["revoked"] == "0"
    with pytest.raises(edu.Denied):
        world.clerk.statistics.payments(*period())
