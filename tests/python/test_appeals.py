"""Appeals of citizens as a caller sees them."""

import datetime

import edu
import pytest
from world import data, now


@pytest.fixture
def office(world):
    world.operator.calendar.publish(data("calendars/az.json"))
    world.operator.service.publish(data("services/appeal.json"))
    assert world.operator.appeal.rules_publish(data("appeals/az.json")) == 1
    who = world.clerk2.account.identity().person_id
    world.operator.account.grant(who, "executor", "department", "schools")
    return world


def submit(session, **given):
    return session.appeal.submit({"category": "portal", "text": "Səhifə açılmır", **given})


def test_a_life(office):
    receipt = submit(office.pupil)
    assert receipt.number.startswith("M-") and receipt.code is None and receipt.due > now()
    which = receipt.person_id, receipt.id
    office.clerk.appeal.route(*which, None, None, "schools")
    office.clerk2.appeal.assign(*which, office.clerk2.account.identity().person_id)
    office.clerk2.appeal.ask(*which, "Which page?")
    assert office.pupil.appeal.get(*which).is_paused
    office.pupil.appeal.reply(*which, "The first one")
    office.clerk2.appeal.note(*which, "known since Monday")
    office.clerk2.appeal.answer(*which, "Mended.")
    office.clerk2.appeal.send(*which, 0)
    office.pupil.appeal.rate(*which, 5, None)
    shown = office.pupil.appeal.get(*which)
    assert (shown.state, shown.rating, shown.is_open) == ("answered", 5, False)
    steps = [event.action for event in edu.pages(office.pupil.appeal.timeline, *which)]
    assert steps == ["register", "route", "assign", "ask", "reply", "send", "rate"]
    inside = [event.action for event in edu.pages(office.clerk.appeal.timeline, *which)]
    assert inside == ["register", "route", "assign", "ask", "reply", "note", "answer", "send",
                      "rate"]
    office.pupil.application.check(*which)
    with pytest.raises(edu.State):
        office.pupil.appeal.withdraw(*which, "too late")


def test_rules_in_the_language_of_the_session(office):
    with office.portal.session("ru") as visitor:
        rules = visitor.appeal.rules_get()
        assert [entry["title"] for entry in rules.levels] == ["Обычное", "Срочное"]
        assert rules.document == data("appeals/az.json")
    broken = {**data("appeals/az.json"), "terms": []}
    with pytest.raises(edu.Invalid) as raised:
        office.operator.appeal.rules_publish(broken)
    assert raised.value.field == "/terms"


def test_on_paper_and_found_again(office):
    receipt = submit(office.clerk, channel="paper", given="İsmayıl", family="Əliyev",
                     received=now() - datetime.timedelta(days=1))
    found = office.clerk.appeal.search({"text": "eliyev ismayil"})
    assert [appeal.number for appeal in found] == [receipt.number]
    assert found[0].applicant == "İsmayıl Əliyev"
    assert len(office.clerk.appeal.worklist({"queue": "all"})) == 1
    assert [(one.queue, one.code, one.title, one.open, one.overdue) for one in office.clerk.appeal.queues()] == [
        ("mine", None, None, 0, 0), ("all", None, None, 1, 0)]
    assert len(office.pupil.appeal.list(None)) == 0
    with pytest.raises(edu.NotFound):
        office.pupil.appeal.get(receipt.person_id, receipt.id)
    with pytest.raises(edu.Denied):
        submit(office.pupil, channel="paper", given="A", family="B")


def test_the_rest_of_the_way(office):
    one, other = submit(office.pupil), submit(office.clerk, person_id=office.pupils[1])
    which, second = (one.person_id, one.id), (other.person_id, other.id)
    office.clerk.appeal.route(*which, "building", "urgent", None)
    assert office.clerk.appeal.get(*which).level == "urgent"
    office.clerk.appeal.transfer(*which, "schools", "theirs")
    office.clerk.appeal.assign(*which, None)
    office.clerk2.appeal.extend(*which, 2, "waits for a part")
    assert office.pupil.appeal.get(*which).extensions == 1
    assert "The term is 3 + 2 working days." in office.clerk.appeal.explain(*which).text
    [alike] = office.clerk.appeal.duplicates(*second)
    assert (alike.id, alike.percent, alike.is_same_person) == (one.id, 100, False)
    office.clerk.appeal.merge(*second, *which)
    assert office.clerk.appeal.get(*second).into_id == one.id
    assert one.number in office.clerk2.appeal.template(*which, "thanks")
    office.clerk2.appeal.answer(*which, "No.")
    office.clerk.appeal.return_(*which, "say why")
    office.clerk2.appeal.answer(*which, "Because.")
    office.clerk.appeal.approve(*which, 0)
    office.clerk.appeal.send(*which, 0)
    assert office.clerk.appeal.get(*second).state == "answered"
    office.pupil.appeal.reopen(*which, "not settled")
    office.pupil.appeal.withdraw(*which, "it is now")
    assert office.pupil.appeal.get(*which).state == "withdrawn"


def test_many_at_once_after_a_look(office):
    made = [submit(office.pupil), submit(office.pupil)]
    items = [{"person_id": one.person_id, "id": one.id} for one in made]
    office.pupil.appeal.withdraw(made[1].person_id, made[1].id, "settled")
    asked = items, "route", "schools", None, None
    look = office.clerk.appeal.bulk(*asked, True)
    assert (look.done, [one["index"] for one in look.refused]) == (1, [1])
    assert look.outcomes == [{"index": 0, "state": "With the department",
                              "department": "Department of general education"}]
    assert office.clerk.appeal.get(made[0].person_id, made[0].id).state == "received"
    assert office.clerk.appeal.bulk(*asked, False, key="many").done == 1
    again = office.clerk.appeal.bulk(*asked, False, key="many")
    assert (again.done, again.outcomes) == (1, [])
    assert [one["key"] for one in again.refused] == ["bulk.refused"]
    assert office.clerk.appeal.get(made[0].person_id, made[0].id).department == "schools"


def test_a_form_in_two_windows(office):
    office.pupil.appeal.draft_save("electronic", {"text": "begun"})
    first = office.pupil.appeal.submit({"category": "portal", "text": "Once", "form": "electronic"}, key="one")
    second = office.pupil.appeal.submit({"category": "portal", "text": "Once", "form": "electronic"}, key="two")
    assert (first.was_sent, second.was_sent, second.number) == (False, True, first.number)
    with pytest.raises(edu.NotFound):
        office.pupil.appeal.draft_get("electronic")
    other = office.pupil.appeal.submit({"category": "portal", "text": "Another", "form": "electronic"})
    assert other.number != first.number


def test_jobs_and_absence(office):
    submit(office.pupil)
    assert office.operator.appeal.escalate(100) == 0
    changed = data("calendars/az.json")
    changed["moved_days"] = changed["moved_days"][1:]
    office.operator.calendar.publish(changed)
    assert office.operator.appeal.recompute(100) == 1
    assert office.operator.appeal.recompute(100) == 0
    clerk2 = office.clerk2.account.identity().person_id
    clerk = office.clerk.account.identity().person_id
    office.clerk2.appeal.substitute(None, clerk, now(), now() + datetime.timedelta(days=3))
    [absence] = office.clerk2.appeal.absences(None)
    assert absence.substitute_id == clerk
    assert clerk in [one.person_id for one in office.clerk2.appeal.colleagues()]
    office.clerk2.appeal.absence_end(None, clerk, absence.since)
    assert not office.clerk2.appeal.absences(None)
    with pytest.raises(edu.NotFound):
        office.pupil.appeal.substitute(clerk2, clerk, now(), now() + datetime.timedelta(days=3))


def test_figures(office):
    submit(office.pupil)
    submit(office.clerk, channel="hotline", is_anonymous=True)
    since, until = now() - datetime.timedelta(days=2), now() + datetime.timedelta(days=1)
    with office.portal.session("en") as visitor:
        figures = visitor.appeal.statistics(since, until)
        file = visitor.appeal.statistics_csv(since, until)
    assert (figures.received, figures.answered, figures.open, figures.median) == (2, 0, 2, -1)
    assert {row["code"]: row["received"] for row in figures.groups["channel"]} == \
        {"electronic": 1, "hotline": 1}
    assert [row["title"] for row in figures.groups["region"]] == ["", "Baku"]
    assert file.content.decode().splitlines()[1].startswith("all,,,2,0,0,2,")


def test_without_a_name(office):
    with office.portal.session("en") as visitor:
        receipt = submit(visitor, is_anonymous=True)
        assert len(receipt.code) == 17
        with pytest.raises(edu.Unauthenticated):
            submit(visitor)
        with pytest.raises(edu.Invalid) as raised:
            submit(visitor, is_anonymous=True, category="documents")
        assert raised.value.key == "appeal.needs_name"
        steps = visitor.appeal.follow(receipt.number, receipt.code.lower())
        assert [(step.action, step.text) for step in steps] == [("register", "Səhifə açılmır")]
        with pytest.raises(edu.NotFound):
            visitor.appeal.follow(receipt.number, "0" * 17)
        visitor.appeal.follow_attach(receipt.number, receipt.code, "page.pdf", b"%PDF-1.7\n")
        step = visitor.appeal.follow(receipt.number, receipt.code)[-1]
        assert visitor.appeal.follow_file(receipt.number, receipt.code, step.sequence).content == b"%PDF-1.7\n"


def test_published(office):
    receipt = submit(office.pupil, category="portal")
    which = receipt.person_id, receipt.id
    office.clerk.appeal.route(*which, None, None, "schools")
    office.clerk.appeal.assign(*which, None)
    office.clerk2.appeal.answer(*which, "Hörmətli İsmayılova, bəli")
    office.clerk2.appeal.send(*which, 0)
    assert office.clerk.appeal.redact(*which).answer == "Hörmətli ▇▇▇ bəli"
    office.clerk.appeal.publish(*which, "Open?", "Yes.")
    with office.portal.session("az") as visitor:
        [shown] = visitor.appeal.answers(None)
        assert (shown.question, shown.answer, shown.category_title) == \
            ("Open?", "Yes.", "Portalın işi")


def test_files(office):
    receipt = submit(office.pupil)
    which = receipt.person_id, receipt.id
    office.pupil.appeal.attach(*which, "şəkil.png", b"\x89PNG\r\n\x1a\n....", False)
    step = list(office.pupil.appeal.timeline(*which))[-1]
    assert (step.file_name, step.file_type, step.file_size) == ("şəkil.png", "image/png", 12)
    assert office.clerk.appeal.file(*which, step.sequence).content == b"\x89PNG\r\n\x1a\n...."
    with pytest.raises(edu.Invalid) as raised:
        office.pupil.appeal.attach(*which, "a.png", b"<html>", False)
    assert (raised.value.key, raised.value.field) == ("appeal.file_type", "/content")


def test_signed_by_several(office):
    receipt = submit(office.pupil)
    which = receipt.person_id, receipt.id
    invitation = office.pupil.appeal.invite(*which)
    shown = office.clerk2.appeal.invited(invitation.number, invitation.code)
    assert (shown.text, shown.is_signed) == ("Səhifə açılmır", False)
    assert office.clerk2.appeal.sign(invitation.number, invitation.code).signatories == 1
    assert [one.number for one in office.clerk2.appeal.signed()] == [receipt.number]
    office.clerk.appeal.sign_for(*which, "Şəhla Quliyeva")
    names = [(one.name, one.is_typed) for one in office.pupil.appeal.signatories(*which)]
    assert names[1] == ("Şəhla Quliyeva", True) and not names[0][1]
    office.clerk2.appeal.unsign(*which)
    assert office.pupil.appeal.get(*which).signatories == 1


def test_begun_forms(office):
    office.clerk.appeal.draft_save("hotline", {"text": "Zəng edən deyir", "given": "Günel"})
    assert office.clerk.appeal.draft_get("hotline").content == \
        {"text": "Zəng edən deyir", "given": "Günel"}
    with pytest.raises(edu.NotFound):
        office.clerk2.appeal.draft_get("hotline")
    office.clerk.appeal.draft_forget("hotline")
    with pytest.raises(edu.NotFound):
        office.clerk.appeal.draft_get("hotline")


def test_who_could_do_it_and_what_was_merged(office):
    one, other = submit(office.pupil), submit(office.clerk, person_id=office.pupils[1])
    which, second = (one.person_id, one.id), (other.person_id, other.id)
    office.clerk.appeal.route(*which, None, None, "schools")
    [worker] = office.clerk.appeal.executors(*which)
    assert (worker.person_id, worker.open, worker.is_absent) == \
        (office.clerk2.account.identity().person_id, 0, False)
    office.clerk.appeal.merge(*second, *which)
    assert [merged.number for merged in office.clerk.appeal.merged(*which)] == [other.number]
    found = office.clerk.appeal.search({"person": "PUP0000"})
    assert [appeal.number for appeal in found] == [one.number]
