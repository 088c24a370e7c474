"""The pages of figures for staff: what they show is what the library counts, and to who does not count they are not there."""

import re

import pytest
from test_protection import Browser


@pytest.fixture(scope="module")
def applied(world):
    for person in world.pupils[:6]:
        draft = world.clerk.draft.save(person, world.group, None, {"phone": "+994 50 123 45 67"}, None)
        world.clerk.request.submit(person, draft)


@pytest.fixture(scope="module")
def clerk(app, applied):
    return Browser(app, "clerk")


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.data.decode()))


def test_the_page_of_a_service(clerk):
    home = clerk.get("/staff/statistics/").data.decode()
    assert "/staff/statistics/applications/club" in home and "/staff/statistics/certificates" in home
    assert "/staff/statistics/payments" not in home
    page = clerk.get("/staff/statistics/applications/club")
    assert page.status_code == 200 and " 6 təqdim edilib " in text(page) and "Şahmat 6 " in text(page)
    assert '<svg class="nar-chart"' in page.data.decode()
    file = clerk.get("/staff/statistics/applications/club.csv").data.decode("utf-8-sig").splitlines()
    assert file[0].startswith("group,code,title,received,") and file[1].startswith("all,,,6,")


def test_certificates(clerk):
    assert " 0 verilib " in text(clerk.get("/staff/statistics/certificates"))
    assert clerk.get("/staff/statistics/certificates.csv").data.decode("utf-8-sig").splitlines()[1] == "all,,,0,0"


def test_payments_are_for_finance(app, world, clerk):
    assert clerk.get("/staff/statistics/payments").status_code == 404
    assert clerk.get("/staff/statistics/payments.csv").status_code == 404
    world.operator.account.grant(world.clerk2.account.identity().person_id, "finance", "", "")
    world.clerk2.payment.invoice({"person_id": world.pupils[0], "kind": "tuition", "title": {"en": "Tuition"},
                                  "amount": 12050, "currency": "AZN"})
    finance = Browser(app, "clerk2")
    assert "120,50 AZN hesab yazılıb" in text(finance.get("/staff/statistics/payments")).replace("\u00a0", " ")
    assert finance.get("/staff/statistics/payments.csv").data.decode("utf-8-sig").splitlines()[1].startswith("all,,,AZN,1,12050,")


def test_what_cannot_be_counted(app, clerk):
    assert clerk.get("/staff/statistics/applications/club?since=2026-02-31").status_code == 400
    assert clerk.get("/staff/statistics/applications/club?since=2026-09-02&until=2026-09-01").status_code == 400
    assert clerk.get("/staff/statistics/applications/club?since=1990-01-01").status_code == 400
    assert clerk.get("/staff/statistics/applications/nothing").status_code == 404
    assert Browser(app, "pupil").get("/staff/statistics/").status_code == 404
