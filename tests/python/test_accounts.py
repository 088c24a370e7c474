"""Accounts, guardians and roles, and the store itself, as a caller sees them."""

import datetime
import re
from pathlib import Path

import edu
import pytest
from world import PASSWORD, PUPIL_BIRTH, World, csv, data, minutes, now, open_portal

OTHER = "quite another password"


def code_sent(world):
    """The code of the newest message, once it is delivered."""
    folder = Path(f"{world.folder}/portal.db.outbox")
    before = set(folder.rglob("*")) if folder.exists() else set()
    assert world.operator.outbox.deliver() == 1
    [message] = [path for path in set(folder.rglob("*")) - before if path.is_file()]
    [code] = re.findall(r"\b(\d{6,})\b", message.read_text("utf-8"))
    return code


def test_from_asking_for_an_account_to_a_new_password(world):
    with world.portal.session("en") as visitor:
        visitor.account.register({"login": "second", "password": PASSWORD, "number": "PUP0001",
                                  "birth": PUPIL_BIRTH})
        with pytest.raises(edu.Unauthenticated):
            world.portal.sign_in("second", PASSWORD)
        visitor.account.activate("second", code_sent(world))
        with world.portal.sign_in("second", PASSWORD) as second:
            second.account.password(PASSWORD, OTHER)
        visitor.account.recover("second")
        visitor.account.recover_finish("second", code_sent(world), PASSWORD)
    with pytest.raises(edu.Unauthenticated):
        world.portal.sign_in("second", OTHER)
    with world.portal.sign_in("second", PASSWORD) as second:
        assert second.account.identity().person_id == world.pupils[1]


def test_an_account_is_activated_at_a_desk(world):
    with world.portal.session("en") as visitor:
        visitor.account.register({"login": "second", "password": PASSWORD, "number": "PUP0001",
                                  "birth": PUPIL_BIRTH})
    world.clerk.account.activate_at_desk(world.pupils[1])
    with world.portal.sign_in("second", PASSWORD) as second:
        assert second.account.identity().login == "second"


def test_who_acts_for_a_child(world):
    parent = world.operator.account.find("STF0001", datetime.date(1980, 1, 1)).id
    assert world.operator.account.import_guardians(
        csv("guardian_number,child_number", ("STF0001", "PUP0003"))).added == 1
    world.clerk.account.guardian_request("PUP0003", PUPIL_BIRTH)
    world.clerk.account.guardian_request("PUP0002", PUPIL_BIRTH)
    assert {one.id for one in world.clerk.account.family()} == {parent, world.pupils[3]}
    own = list(edu.pages(world.clerk.account.own_guardianships))
    assert sorted((one.child_id, one.state, one.source) for one in own) == sorted(
        [(world.pupils[3], "active", "register"), (world.pupils[2], "requested", "school")])
    assert world.pupil.account.own_guardianships() == []
    [asked] = world.operator.account.guardianships("requested")
    world.operator.account.guardian_decide(asked.guardian_id, asked.child_id, True)
    assert {one.relation for one in world.clerk.account.family()} == {"self", "ward"}
    world.operator.account.guardian_end(parent, world.pupils[3])
    assert [one.child_id for one in world.operator.account.guardianships("active")] == [world.pupils[2]]


def test_a_role_is_given_and_taken_away(world):
    person = world.clerk.account.identity().person_id
    assert ("clerk", "") in [(one.role, one.code) for one in world.operator.account.grants()
                             if one.person_id == person]
    world.operator.account.revoke(person, "clerk", "", "")
    with pytest.raises(edu.Denied):
        world.clerk.account.pupils(None, None)
    assert person not in [one.person_id for one in world.operator.account.grants()]


def test_what_a_role_permits_is_told_before_it_is_tried(world):
    def rights(session):
        told = session.account.rights()
        return {name for name, value in told.items() if value is True}

    of_clerk = {"keeps_all", "decides", "keeps_some", "sees_allocations", "holds_sittings", "merges_persons",
                "registers_appeals", "leads_appeals"}
    assert rights(world.portal.session()) == rights(world.pupil) == set()
    assert rights(world.clerk) == of_clerk
    assert rights(world.operator) == of_clerk - {"decides"} | {"administers", "imports_pupils", "sees_payments"}
    person = world.clerk2.account.identity().person_id
    world.operator.account.revoke(person, "clerk", "", "")
    for role, scope, code, expected in (
            ("finance", "", "", {"sees_payments", "makes_invoices"}),
            ("school", "institution", "S1", {"keeps_some", "imports_pupils"}),
            ("clerk", "region", "BA", {"keeps_some", "sees_allocations", "holds_sittings", "merges_persons",
                                       "registers_appeals", "leads_appeals"}),
            ("steward", "centre", "C1", {"holds_sittings"})):
        world.operator.account.grant(person, role, scope, code)
        assert rights(world.clerk2) == expected
        world.operator.account.revoke(person, role, scope, code)
    with pytest.raises(edu.Denied):
        world.clerk2.olympiad.season_create({
            "code": "new", "title": {"en": "New"}, "subject": "physics", "subject_title": {"en": "Physics"},
            "grade_from": 1, "grade_to": 2, "opens": now(), "closes": now() + minutes(60)})


def test_registers_report_what_they_took(world):
    account, sitting = world.operator.account, world.operator.sitting
    reports = (
        account.import_regions(csv("code,name", ("GA", "az=Gəncə|en=Ganja"))),
        account.import_institutions(csv(
            "code,name,kind,region,address,latitude,longitude",
            ("S9", "Məktəb", "school", "GA", "Küçə", "40.68", "46.36"))),
        account.import_persons(csv("number,given,family,birth", ("NEW0001", "Ə", "Ğ", PUPIL_BIRTH))),
        account.import_pupils(csv("number,institution,grade", ("NEW0001", "S9", 9))),
        sitting.import_centres(csv("code,name,address,region,latitude,longitude",
                                   ("C9", "Mərkəz", "Küçə", "GA", "40.68", "46.36"))),
        sitting.import_rooms(csv("centre,room,rows,columns", ("C9", "R", 2, 3))))
    assert [(one.read, one.added) for one in reports] == [(1, 1)] * 6
    assert [(one.code, one.rows, one.columns) for one in sitting.rooms("C9")] == [("R", 2, 3)]


def test_staff_confirm_by_a_code(tmp_path):
    world = World(tmp_path)
    world.close()
    with open_portal(tmp_path, staff_second_factor=True) as portal:
        world.operator = portal.operator()
        with portal.sign_in("clerk", PASSWORD) as clerk:
            with pytest.raises(edu.Error):
                clerk.account.pupils(None, None)
            clerk.confirm(code_sent(world))
            assert len(clerk.account.pupils(None, None)) == world.count


def test_a_backup_is_restored_and_checked(world, tmp_path):
    (tmp_path / "other").mkdir()
    world.operator.portal.backup(str(tmp_path / "copy"))
    edu.portal_restore(f"sqlite:{tmp_path}/other/portal.db", str(tmp_path / "copy"))
    with edu.Portal(f"sqlite:{tmp_path}/other/portal.db", keys=f"{tmp_path}/portal.db.keys") as portal, \
            portal.operator() as operator:
        operator.portal.check()
        assert operator.account.find("PUP0000", PUPIL_BIRTH).id == world.pupils[0]


def test_services_are_listed(world):
    with world.portal.session("en") as visitor:
        assert [one.code for one in visitor.service.list()] == ["olympiad"]
        assert visitor.service.get("olympiad").title
    assert world.operator.service.publish(
        {**data("services/olympiad.json"), "title": {"az": "Olimpiada", "en": "Olympiads", "ru": "Олимпиада"}}) == 2


def test_a_code_to_be_photographed():
    assert edu.qr_svg("https://portal.example/v/1").startswith("<svg")
    with pytest.raises(edu.Limit):
        edu.qr_svg("x" * 5000)


def test_a_program_acts_by_its_token(world):
    expires = now() + minutes(60)
    token = world.clerk.access.make("A school's system", expires)
    assert [(one.title, one.expires) for one in world.clerk.access.list()] == [("A school's system", expires)]
    with world.portal.resume(token) as program:
        assert program.account.identity().login == "clerk"
        with pytest.raises(edu.Denied):
            program.access.make("Another", expires)
        world.clerk.access.end("A school's system")
        assert world.clerk.access.list() == []
        with pytest.raises(edu.Unauthenticated):
            program.account.person(None)


def test_what_waits_for_the_jobs(world):
    world.operator.outbox.deliver()
    assert world.operator.portal.queues().messages == 0
    with world.portal.session("en") as visitor:
        visitor.account.recover("pupil")
    waiting = world.operator.portal.queues()
    assert (waiting.messages, waiting.escalations, waiting.refunds) == (1, 0, 0)
    assert waiting.oldest <= now()
