"""Clubs by lottery and a contest with a jury, as a caller sees them."""

import csv
import hashlib
import io

import edu
import pytest
from command import run_edu
from world import PASSWORD, data, minutes, now


def publish(world, service):
    world.operator.calendar.publish(data("calendars/az.json"))
    world.operator.service.publish(data(f"services/{service}.json"))


def offer(world, service, closes, **more):
    return world.clerk.offering.put({
        "service": service, "code": "one", "title": {"az": "Şahmat", "en": "Chess"},
        "opens": now() - minutes(60), "closes": closes, "is_published": True, "places": -1, **more})


def apply(world, person, offering, form):
    draft = world.clerk.draft.save(person, offering, None, form, None)
    return world.clerk.request.submit(person, draft)


def test_a_lottery_that_anybody_can_draw_again(world):
    publish(world, "club")
    group = offer(world, "club", now() + minutes(60), by_round=True, places=3)
    children = world.pupils[:7]
    made = {child: apply(world, child, group, {"phone": "+994 50 123 45 67"}) for child in children}
    with world.portal.session("en") as visitor:
        commitment = visitor.round.get(group).commitment
    with pytest.raises(edu.State) as early:
        world.clerk.round.propose(group, None)
    assert early.value.key == "round.not_closed"
    offer(world, "club", now(), by_round=True, places=3)
    world.clerk.round.propose(group, None)
    with pytest.raises(edu.Denied):
        world.clerk.round.confirm(group)
    world.clerk2.round.confirm(group)
    with world.portal.session("en") as visitor:
        seed = visitor.round.get(group).seed
        public = visitor.round.ranking(group)
    assert hashlib.sha256(seed.encode()).hexdigest() == commitment
    order = sorted(children, key=lambda child: hashlib.sha256(f"{seed}:{child}".encode()).hexdigest())
    for place, child in enumerate(order, 1):
        result = world.clerk.round.result(child, made[child].id)
        assert (result.place, result.outcome) == (place, "given" if place <= 3 else "waiting")
        assert public[place - 1].number == result.number
        assert public[place - 1].applicant is None
    with pytest.raises(edu.State):
        world.clerk.round.result(children[0], apply_late(world, group, children[0], made))


def apply_late(world, group, child, made):
    """Once the round is over, what is left goes to who comes first; this has no result."""
    world.clerk.request.act(child, made[child].id, "dismiss", "Köçüb", None)
    offer(world, "club", now() + minutes(60), by_round=False, places=30)
    return apply(world, child, group, {"phone": "+994 50 123 45 67"}).id


def test_a_jury_that_does_not_know_whose_it_is(world):
    publish(world, "contest")
    contest = offer(world, "contest", now() + minutes(60))
    works = [apply(world, child, contest, {"title": f"Work {i}", "summary": "Long enough to be one"})
             for i, child in enumerate(world.pupils[:3])]
    jury = []
    for i in range(10, 15):
        world.operator.account.create(world.pupils[i], f"juror{i}", PASSWORD)
        world.clerk.panel.put(contest, world.pupils[i], True)
        jury.append(world.portal.sign_in(f"juror{i}", PASSWORD))
    assert world.clerk.panel.assign(contest).added == 15
    for juror in jury:
        for listed in juror.panel.works():
            work = juror.panel.work_get(listed.work_id)
            assert work.is_blind and work.applicant is None
            points = 9 - int(work.form["title"][-1])
            assert work.takes_comment and work.documents == []
            juror.panel.score(work.work_id, {"content": points, "originality": "7.5", "design": 8},
                              f"Iş {points}")
        juror.close()
    offer(world, "contest", now())
    world.clerk.round.propose(contest, None)
    world.clerk2.round.confirm(contest)
    first = world.pupil.round.result(None, works[0].id)
    assert (first.place, first.of, first.scores[0]["score"]) == (1, 3, "8.35")
    assert len(first.scores[0]["criteria"]) == 5
    assert first.scores[0]["comments"] == ["Iş 9"] * 5
    with world.portal.session("en") as visitor, pytest.raises(edu.State):
        visitor.round.ranking(contest)


def test_a_clerk_with_files(world, tmp_path):
    publish(world, "recruitment")
    round_ = offer(world, "recruitment", now() + minutes(60), by_round=True)
    person = world.clerk.account.identity().person_id
    form = {"phone": "+994 50 123 45 67", "education": "master", "speciality": "Welding",
            "years_of_work": 3, "exam_region": "BA"}
    vacancy = world.clerk.offering.put({
        "service": "recruitment", "code": "vacancy", "round": "one", "title": {"az": "Yer"},
        "opens": now() - minutes(60), "closes": now() + minutes(60), "is_published": True,
        "by_round": True, "places": 1})
    draft = world.clerk2.draft.save(person, round_, None, form, [vacancy])
    world.clerk2.draft.attach(person, draft, "diploma", "diplom.pdf", b"%PDF-1.7\n")
    made = world.clerk2.request.submit(person, draft)
    world.clerk2.request.act(person, made.id, "admit", None, None)

    def edu_round(*words, stdin=""):
        return run_edu("round", *words, "--store", world.store, "--keys",
                       f"{world.folder}/portal.db.keys", stdin=stdin)

    scores = tmp_path / "scores.csv"
    scores.write_text(f"application,points\n{made.id},101\nnone,7\n", encoding="utf-8")
    refused = edu_round("import", "recruitment/one", "test", scores)
    assert refused.returncode == 1
    assert f"{scores}:2:" in refused.stderr and f"{scores}:3:" in refused.stderr
    scores.write_text(f"application,points\n{made.id},71\n", encoding="utf-8")
    assert edu_round("import", "recruitment/one", "test", scores).stdout.startswith("1 read, 1 added")
    assert "open" in edu_round("status", "recruitment/one").stdout
    assert edu_round("ranking", "recruitment/one").returncode == 1
    assert edu_round("status", "recruitment/none").returncode == 1
    assert edu_round("propose", "recruitment/one").returncode == 2
    wrong = edu_round("propose", "recruitment/one", "--login", "clerk", stdin="wrong\n")
    assert wrong.returncode == 1

    publish(world, "club")
    group = offer(world, "club", now() + minutes(60), by_round=True, places=1)
    for child in world.pupils[:2]:
        apply(world, child, group, {"phone": "+994 50 123 45 67"})
    offer(world, "club", now(), by_round=True, places=1)
    world.clerk.round.propose(group, None)
    lines = list(csv.DictReader(io.StringIO(edu_round("ranking", "club/one").stdout)))
    assert [(line["place"], line["outcome"]) for line in lines] == [("1", "given"), ("2", "waiting")]
    assert all(line["applicant"] and line["application"] for line in lines)


FORM = {"phone": "+994 50 123 45 67", "education": "master", "speciality": "Welding", "years_of_work": 3,
        "exam_region": "BA"}


@pytest.fixture
def competition(world):
    """A competition with a vacancy, and the application of somebody grown up: world, competition, and
    person and application."""
    publish(world, "recruitment")
    found = offer(world, "recruitment", now() + minutes(60), by_round=True)
    vacancy = world.clerk.offering.put({
        "service": "recruitment", "code": "vacancy", "round": "one", "title": {"az": "Yer"},
        "opens": now() - minutes(60), "closes": now() + minutes(60), "is_published": True,
        "by_round": True, "places": 1})
    draft = world.clerk2.draft.save(None, found, None, FORM, [vacancy])
    world.clerk2.draft.attach(None, draft, "diploma", "diplom.pdf", b"%PDF-1.7\n")
    made = world.clerk2.request.submit(None, draft)
    return world, found, (world.clerk2.account.identity().person_id, made.id)


def test_a_draft_is_kept_checked_and_thrown_away(competition):
    world, found, _ = competition
    with world.portal.session("en") as visitor:
        assert visitor.offering.get(found).title == "Chess"
    person = world.clerk.account.identity().person_id
    draft = world.clerk.draft.save(None, found, None, FORM, [])
    assert {one["key"] for one in world.clerk.draft.check(None, draft).faults}
    document = world.clerk.draft.attach(None, draft, "diploma", "diplom.pdf", b"%PDF-1.7\n")
    assert [one["id"] for one in world.clerk.draft.get(None, draft).documents] == [document]
    assert world.clerk.request.document(person, draft, document).content == b"%PDF-1.7\n"
    world.clerk.draft.detach(None, draft, document)
    assert world.clerk.draft.get(None, draft).documents == []
    assert [one.id for one in world.clerk.draft.list(None)] == [draft]
    world.clerk.draft.discard(None, draft)
    assert not world.clerk.draft.list(None)


def test_staff_work_on_an_application(competition):
    world, found, which = competition
    clerk = world.clerk.account.identity().person_id
    assert [one.id for one in world.clerk.request.worklist({"service": "recruitment"})] == [which[1]]
    assert "admit" in [one["action"] for one in world.clerk.request.possible(*which).actions]
    world.clerk.request.assign(*which, clerk)
    world.clerk.request.note(*which, "The diploma was seen")
    assert world.clerk.request.get(*which).assignee_id == clerk
    events = list(edu.pages(world.clerk.request.timeline, *which))
    assert "The diploma was seen" in [one.text for one in events]
    assert world.clerk2.application.get(None, which[1]).subject == "Chess"
    operator = world.operator.request
    assert (operator.clock(), operator.recompute(), operator.sweep()) == (0, 0, 0)


def test_scores_come_as_a_file_and_a_ranking_leaves_as_one(competition):
    world, found, which = competition
    seed = "5eed" * 16
    world.clerk.request.act(*which, "admit", None, None)
    lines = f"application,points\n{which[1]},101\n".encode()
    assert [one.line for one in edu.pages(world.clerk.score.faults, found, "test", lines)] == [2]
    assert world.clerk.score.import_(found, "test", lines.replace(b"101", b"91")).added == 1
    assert [(one.id, one.score) for one in world.clerk.score.list(found, "test")] == [(which[1], "91")]
    publish(world, "club")
    group = offer(world, "club", now() + minutes(60), by_round=True, places=1)
    world.clerk.round.commit(group, hashlib.sha256(seed.encode()).hexdigest())
    for child in world.pupils[:2]:
        apply(world, child, group, {"phone": "+994 50 123 45 67"})
    offer(world, "club", now(), by_round=True, places=1)
    world.clerk.round.propose(group, seed)
    ranking = list(csv.DictReader(io.StringIO(world.clerk.round.csv(group).content.decode("utf-8-sig"))))
    assert [one["outcome"] for one in ranking] == ["given", "waiting"]
    world.clerk.round.reopen(group)
    assert world.clerk.round.get(group).state == "open"


def test_slots_of_interviews(competition):
    world, found, which = competition
    world.clerk.request.act(*which, "admit", None, None)
    slot = world.clerk.slot.put({"offering_id": found, "kind": "interview", "starts": now() + minutes(9000),
                                 "minutes": 30, "venue": "Otaq 1", "places": 2})
    assert [(one.id, one.venue) for one in edu.pages(world.clerk.slot.list, found, "interview")] == \
        [(slot, "Otaq 1")]
    world.clerk.slot.give(*which, slot)
    assert [one.id for one in world.clerk.slot.seats(slot)] == [which[1]]
    assert world.clerk2.slot.calendar(None, which[1], slot).content.startswith(b"BEGIN:VCALENDAR")


def test_a_jury_with_conflicts(world):
    publish(world, "contest")
    contest = offer(world, "contest", now() + minutes(60))
    draft = world.clerk.draft.save(world.pupils[0], contest, None,
                                   {"title": "Work", "summary": "Long enough to be one"}, None)
    world.clerk.draft.attach(world.pupils[0], draft, "work", "mine.pdf", b"%PDF-1.7\n")
    made = world.clerk.request.submit(world.pupils[0], draft)
    for i in range(10, 17):
        world.operator.account.create(world.pupils[i], f"juror{i}", PASSWORD)
        world.clerk.panel.put(contest, world.pupils[i], True)
    world.clerk.panel.assign(contest)
    busy = [one.member_id for one in edu.pages(world.clerk.panel.list, contest) if one.works]
    assert len(busy) == 5
    world.clerk.panel.conflict(world.pupils[0], made.id, busy[0])
    index = world.pupils.index(busy[1])
    with world.portal.sign_in(f"juror{index}", PASSWORD) as juror:
        [work] = juror.panel.works()
        [shown] = juror.panel.work_get(work.work_id).documents
        document = juror.panel.document(work.work_id, shown["id"])
        assert document.content == b"%PDF-1.7\n" and "mine" not in document.name
        juror.panel.decline(work.work_id)
        assert not juror.panel.works()
