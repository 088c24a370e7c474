"""Registration of the admitted as a caller sees it, from publication to the end, on both engines."""

import datetime

import edu
import pytest
from applicants import Applicants, fails
from command import run_edu
from world import csv, data, minutes, now

BIRTH = datetime.date(2008, 5, 5)
COLUMNS = "number,birth,institution,programme,level,funding,year,score,status"
PDF = b"%PDF-1.7\nof the tests"
FORM = {"phone": "+994 50 123 45 67", "address": "Bakı, Nizami 1", "education_document": "A 123456",
        "dormitory": False, "concession": "none", "consent": True}


class Admission(Applicants):
    """Two programmes of S0, and five people with accounts; the first four are on the list."""

    def __init__(self, world):
        world.operator.calendar.publish(data("calendars/az.json"))
        world.operator.service.publish(data("services/admission.json"))
        super().__init__(world, "ADM", 5, BIRTH)
        self.physics, self.history = self.offer("physics"), self.offer("history")
        fees = csv("programme,funding,amount", ("physics", "paid", 250000), ("history", "paid", 180000))
        assert world.clerk.tuition.import_("admission", fees).added == 2
        world.operator.payment.key_add("k1", "hmac-sha256", b"the secret of the tests' bank, 32+ bytes")
        self.report = self.bring(*((i, "physics", "state" if i == 3 else "paid") for i in range(4)))

    def offer(self, code, closes=None):
        return self.clerk.offering.put({
            "service": "admission", "code": code, "title": {"az": code, "en": code},
            "institution": "S0", "opens": now() - minutes(60), "closes": closes or now() + minutes(60),
            "is_published": True, "places": -1})

    def bring(self, *rows):
        return self.clerk.admission.import_("admission", "exam", csv(COLUMNS, *(
            (f"ADM000{index}", BIRTH, "S0", programme, "higher", funding, 2026, "512.5", "".join(status))
            for index, programme, funding, *status in rows)))

    def own(self, index):
        return next(iter(self.sessions[index].admission.list(None)))

    def draft(self, index, offering=None, **more):
        return self.sessions[index].draft.save(None, offering or self.physics, None, {**FORM, **more}, None)

    def register(self, index, **more):
        draft = self.draft(index, **more)
        if more.get("concession"):
            self.sessions[index].draft.attach(None, draft, "evidence", "a.pdf", PDF)
        return self.sessions[index].request.submit(None, draft).id

    def state(self, index):
        mine = self.own(index)
        return mine.progress, self.sessions[index].request.get(None, mine.request_id).state

@pytest.fixture
def admission(world_on_each):
    made = Admission(world_on_each)
    yield made
    made.close()


def figures(admission):
    return {one.code: one for one in admission.clerk.admission.figures("admission", 2026, None)}


def test_from_the_list_to_the_confirmation(admission):
    assert admission.report.added == 4
    mine = admission.own(0)
    assert (mine.programme, mine.funding, mine.score, mine.fee) == ("physics", "paid", 51250, 250000)
    assert mine.can_register and mine.progress == "admitted"
    plain = admission.register(0)
    assert admission.state(0) == ("registered", "payable")
    half = admission.register(1, concession="low_income")
    assert admission.state(1) == ("registered", "concession")
    refused = admission.register(2, concession="orphan")
    free = admission.register(3)
    assert admission.state(3) == ("paid", "paid")
    admission.act(1, half, "accept_concession", "The document is good")
    admission.act(2, refused, "refuse_concession", "The document has expired")
    owed = admission.sessions[1].tuition.get(None, half)
    assert (owed.amount, owed.waived, owed.decision) == (250000, 125000, "accepted")
    assert [admission.pay(0, plain), admission.pay(1, half), admission.pay(2, refused)] == \
        [250000, 125000, 250000]
    report = admission.clerk.request.bulk(
        [{"person_id": admission.people[i], "id": one}
         for i, one in enumerate((plain, half, refused, free))], "confirm", None, False)
    assert report.done == 4
    assert all(admission.state(i) == ("confirmed", "confirmed") for i in range(4))
    counted = figures(admission)["physics"]
    assert (counted.admitted, counted.registered, counted.paid, counted.confirmed) == (4, 4, 4, 4)


def test_a_list_is_checked_row_by_row_and_known_again(admission):
    wrong = csv(COLUMNS, ("ADM0009", BIRTH, "S0", "physics", "higher", "paid", 2026, "", ""),
                ("ADM0004", BIRTH, "S1", "physics", "higher", "paid", 2026, "", ""),
                ("ADM0004", BIRTH, "S0", "physics", "school", "gift", 2026, "x", "gone"))
    faults = admission.clerk.admission.faults("admission", "exam", wrong)
    assert [(one.line, one.field) for one in faults] == [
        (2, "/number"), (3, "/programme"), (4, "/level"), (4, "/funding"), (4, "/score"), (4, "/status")]
    with pytest.raises(edu.Invalid) as caught:
        admission.clerk.admission.import_("admission", "exam", wrong)
    assert caught.value.line == 2
    again = admission.bring((0, "physics", "paid"), (1, "history", "paid"))
    assert (again.unchanged, again.changed) == (1, 1)
    versions = admission.clerk.admission.history(admission.people[1], admission.own(1).id)
    assert [one.data["programme"] for one in versions] == ["history", "physics"]
    assert versions[0].by
    assert admission.sessions[1].admission.history(None, admission.own(1).id)[0].by is None


def test_nobody_registers_for_what_is_not_theirs(admission):
    stranger = admission.sessions[4]
    assert list(stranger.admission.list(None)) == []
    fails(edu.NotFound, "request.not_found", admission.draft, 4)
    fails(edu.NotFound, "request.not_found", admission.draft, 0, admission.history)
    theirs = admission.own(0)
    fails(edu.NotFound, "admission.not_found", stranger.admission.get, theirs.person_id, theirs.id)
    fails(edu.NotFound, "admission.not_found", stranger.admission.get, None, theirs.id)
    fails(edu.NotFound, "admission.not_found", stranger.admission.list, theirs.person_id)
    with pytest.raises(edu.Denied):
        stranger.admission.figures("admission", 2026, None)
    with pytest.raises(edu.Denied):
        stranger.admission.import_("admission", "exam", csv(COLUMNS))


def test_twice_withdrawn_and_another_programme(admission):
    first = admission.register(0)
    fails(edu.Conflict, "application.already", admission.register, 0)
    admission.sessions[0].request.act(None, first, "withdraw", None, None)
    assert admission.state(0) == ("admitted", "withdrawn")
    second = admission.register(0)
    admission.bring((0, "physics", "paid", "withdrawn"))
    assert admission.state(0) == ("withdrawn", "annulled")
    assert admission.sessions[0].payment.invoices(None)[0].state == "cancelled"
    fails(edu.NotFound, "request.not_found", admission.draft, 0)
    fails(edu.State, "payment.not_open", admission.sessions[0].payment.pay, None,
          admission.sessions[0].payment.invoices(None)[0].id)
    admission.bring((0, "history", "paid"))
    assert admission.own(0).can_register and second != first
    draft = admission.draft(0, admission.history)
    assert admission.sessions[0].request.submit(None, draft).state == "payable"
    assert figures(admission)["history"].registered == 1


def test_fees_are_shown_and_looked_at(admission):
    assert [(one.funding, one.amount) for one in admission.sessions[0].tuition.fees(admission.physics)
            if one.amount] == [("paid", 250000)]
    lines = csv("programme,funding,amount", ("physics", "paid", "much"), ("nothing", "paid", 1))
    assert [one.line for one in edu.pages(admission.clerk.tuition.faults, "admission", lines)] == [2, 3]
    mine = admission.own(0)
    assert admission.clerk.admission.get(admission.people[0], mine.id).holder == mine.holder


def test_late_not_come_and_given_more_time(admission):
    person, late = admission.people[0], admission.own(0)
    fails(edu.State, "admission.in_time", admission.clerk.admission.absent, person, late.id, "late")
    came = admission.register(3)
    admission.offer("physics", closes=now())
    fails(edu.State, "request.closed", admission.register, 0)
    assert admission.clerk.admission.close(admission.physics, "They have not come") == 3
    assert admission.own(0).progress == "absent"
    counted = figures(admission)["physics"]
    assert (counted.absent, counted.registered) == (3, 1)
    missing = admission.clerk.admission.worklist(
        {"service": "admission", "offering_id": admission.physics, "progress": "absent"})
    assert {one.person_id for one in missing} == set(admission.people[:3])
    fails(edu.State, "admission.absent", admission.register, 0)
    fails(edu.State, "admission.came", admission.clerk.admission.absent, admission.people[3],
          admission.own(3).id, "came")
    admission.clerk.admission.reopen(person, late.id, now() + minutes(5), "They were ill")
    assert admission.own(0).can_register
    admission.register(0)
    # Who paid nothing and did not come is let in again by the institution.
    admission.act(3, came, "mark_absent", "Nobody came")
    assert admission.state(3) == ("absent", "absent")
    admission.act(3, came, "reopen", "They came a day later")
    assert admission.state(3) == ("paid", "paid")


def test_from_a_shell(admission, tmp_path):
    world = admission.world
    store = ("--store", world.store, "--keys", world.folder / "portal.db.keys")
    rows = (("ADM0004", BIRTH, "S0", "physics", "higher", "state", 2026, "", ""),)
    (tmp_path / "list.csv").write_bytes(csv(COLUMNS, *rows))
    done = run_edu("admission", "import", "exam", tmp_path / "list.csv", *store)
    assert done.returncode == 0 and "1 added" in done.stdout
    (tmp_path / "fees.csv").write_bytes(csv("programme,funding,amount", ("physics", "paid", 1),
                                            ("law", "paid", 1), ("physics", "gift", 1)))
    done = run_edu("admission", "fees", tmp_path / "fees.csv", *store)
    assert done.returncode == 1
    assert [line.split("line ")[1][0] for line in done.stderr.splitlines()] == ["3", "4"]
    report = run_edu("admission", "report", "2026", *store).stdout.splitlines()
    assert report[1] == "S0,physics,5,0,0,0,0,0"
