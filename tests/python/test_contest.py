"""A contest from publication to the certificates, on both engines, with what goes wrong on the way."""

import edu
import pytest
from applicants import fails
from test_rounds import apply, offer, publish
from world import PASSWORD, data, minutes, now

POINTS = {"content": 7, "originality": 7, "design": 7}


def entry(index):
    return {"title": f"Work {index}", "summary": "Long enough to be one"}


def make_jury(world, contest, members=range(10, 16)):
    jury = {}
    for i in members:
        world.operator.account.create(world.pupils[i], f"juror{i}", PASSWORD)
        world.clerk.panel.put(contest, world.pupils[i], True)
        jury[world.pupils[i]] = world.portal.sign_in(f"juror{i}", PASSWORD)
    return jury


def score_all(jury, points_of):
    for juror in jury.values():
        for listed in juror.panel.works():
            work = juror.panel.work_get(listed.work_id)
            assert work.applicant is None
            juror.panel.score(work.work_id, points_of(work), None)


def appeal(world, text):
    for kind, publish_it in (("services/appeal", world.operator.service.publish),
                             ("appeals/az", world.operator.appeal.rules_publish)):
        publish_it(data(f"{kind}.json"))
    executor = world.clerk2.account.identity().person_id
    world.operator.account.grant(executor, "executor", "department", "schools")
    receipt = world.pupil.appeal.submit({"category": "portal", "text": text})
    which = receipt.person_id, receipt.id
    world.clerk.appeal.route(*which, None, None, "schools")
    world.clerk2.appeal.assign(*which, executor)
    world.clerk2.appeal.answer(*which, "The jury's points are these.")
    world.clerk2.appeal.send(*which, 0)
    assert world.pupil.appeal.get(*which).state == "answered"


def test_from_entry_to_the_certificate(world_on_each):
    world = world_on_each
    publish(world, "contest")
    contest = offer(world, "contest", now() + minutes(60))
    children = world.pupils[:6]
    works = {child: apply(world, child, contest, entry(i)) for i, child in enumerate(children)}
    # Twice; too short; withdrawn and entered anew; out by the rules, with a reason.
    fails(edu.Conflict, "application.already", apply, world, children[0], contest, entry(9))
    with pytest.raises(edu.Invalid):
        apply(world, world.pupils[6], contest, {"title": "Short", "summary": "no"})
    world.pupil.request.act(None, works[children[0]].id, "withdraw", None, None)
    works[children[0]] = apply(world, children[0], contest, entry(0))
    fails(edu.Invalid, "request.reason", world.clerk.request.act, children[5],
          works[children[5]].id, "exclude", None, None)
    world.clerk.request.act(children[5], works[children[5]].id, "exclude", "A name is in it", None)
    judged = children[:5]

    jury = make_jury(world, contest)
    world.clerk.panel.assign(contest)
    # One declares a conflict of interest: the work goes to another, and is still scored by five.
    declined = next(juror for juror in jury.values() if juror.panel.works())
    work = declined.panel.works()[0].work_id
    declined.panel.decline(work)
    with pytest.raises(edu.NotFound):
        declined.panel.work_get(work)
    by_title = lambda work: {**POINTS, "content": 9 - int(work.form["title"][-1])}
    # One never scores: taken off when it is over, and whoever is put on instead has their works.
    idle = next(person for person, juror in jury.items() if juror is not declined)
    score_all({person: juror for person, juror in jury.items() if person != idle}, by_title)
    fails(edu.State, "round.not_closed", world.clerk.round.propose, contest, None)

    offer(world, "contest", now())
    fails(edu.State, "round.unscored", world.clerk.round.propose, contest, None)
    world.clerk.panel.put(contest, idle, False)
    assert jury[idle].panel.works() == []
    replacing = make_jury(world, contest, range(16, 18))
    assert world.clerk.panel.assign(contest).lacking == 0
    score_all({**jury, **replacing}, by_title)
    fails(edu.State, "request.closed", apply, world, world.pupils[7], contest, entry(7))
    world.clerk.round.propose(contest, None)
    # Withdrawn while it is proposed: what was proposed holds no more, and is proposed anew.
    world.clerk.request.act(judged[4], works[judged[4]].id, "exclude", "Copied", None)
    fails(edu.State, "round.changed", world.clerk2.round.confirm, contest)
    world.clerk.round.reopen(contest)
    world.clerk.round.propose(contest, None)
    fails(edu.State, "round.not_confirmed", world.clerk.round.issue, contest)
    fails(edu.Denied, "round.same_person", world.clerk.round.confirm, contest)
    world.clerk2.round.confirm(contest)
    with pytest.raises(edu.State):
        world.pupil.request.act(None, works[children[0]].id, "withdraw", None, None)

    assert world.pupil.round.result(None, works[children[0]].id).place == 1
    # Nothing of the contest leads on from here: who disagrees writes an appeal, and has an answer.
    assert world.pupil.request.possible(None, works[children[0]].id).actions == []
    appeal(world, "The second place is mine too")
    assert world.pupil.round.result(None, works[children[0]].id).place == 1
    assert world.clerk.round.issue(contest) == 4
    assert world.clerk.round.issue(contest) == 0
    mine = world.pupil.certificate.list(None)[0]
    assert (mine.type, mine.source_id) == ("contest.certificate", contest)
    file = world.pupil.certificate.file(None, mine.number, "json")
    with world.portal.session("en") as visitor:
        verdict = visitor.certificate.check_file(file.content)
        assert verdict.status == "valid"
        altered = file.content.replace("\"value\":\"1\"".encode(), "\"value\":\"2\"".encode())
        assert altered != file.content
        assert visitor.certificate.check_file(altered).status == "bad_signature"
    assert world.clerk.certificate.list(judged[4]) == []
    assert world.clerk.certificate.list(children[5]) == []
