"""The whole way, from opening a season to the slip in the pupil's hand."""

import datetime
import hashlib
import json

import edu
import pytest
from command import run_edu
from world import PASSWORD, PUPIL_BIRTH, csv, now


@pytest.fixture
def confirmed(world):
    """A world whose pupils have their seats: world, sitting and applications."""
    season, sitting = world.open_season()
    applications = world.register_all(sitting)
    world.freeze(season, sitting)
    allocation = world.clerk.sitting.allocate(sitting)
    world.clerk2.sitting.confirm(allocation)
    return world, sitting, applications


def test_pupil_registers_and_sees_it_in_the_cabinet(world):
    _, sitting = world.open_season()
    session = world.pupil
    assert session.olympiad.eligibility(sitting, None).is_eligible
    application = session.olympiad.register(sitting, None)
    (shown,) = session.application.list(None)
    assert (shown.id, shown.state, shown.subject) == (application, "registered", "Mathematics")
    assert shown.is_open and shown.subject_id == sitting
    assert [event.action for event in session.application.timeline(None, application)] == ["register"]
    (step,) = session.application.history(None)
    assert (step.application_id, step.action, step.subject) == (application, "register", "Mathematics")
    session.application.check(None, application)
    assert not session.olympiad.eligibility(sitting, None).is_eligible


def test_register_and_withdraw_and_register_again(world):
    _, sitting = world.open_season()
    first = world.pupil.olympiad.register(sitting, None)
    with pytest.raises(edu.Conflict):
        world.pupil.olympiad.register(sitting, None)
    world.pupil.olympiad.withdraw(None, first)
    second = world.pupil.olympiad.register(sitting, None)
    assert [a.state for a in world.pupil.application.list(None)] == ["registered", "withdrawn"]
    assert first != second


def test_same_key_gives_the_same_answer_and_does_nothing_twice(world):
    _, sitting = world.open_season()
    first = world.pupil.olympiad.register(sitting, None, "key 1")
    assert world.pupil.olympiad.register(sitting, None, "key 1") == first
    with pytest.raises(edu.Conflict):
        world.pupil.olympiad.withdraw(None, first, "key 1")
    assert len(world.pupil.application.list(None)) == 1


def test_two_clerks_are_needed(world):
    season, sitting = world.open_season()
    world.register_all(sitting)
    with pytest.raises(edu.State):
        world.clerk.sitting.allocate(sitting)
    world.freeze(season, sitting)
    allocation = world.clerk.sitting.allocate(sitting)
    with pytest.raises(edu.Denied):
        world.clerk.sitting.confirm(allocation)
    assert world.clerk2.sitting.allocation(sitting).may_confirm
    with pytest.raises(edu.Conflict):
        world.clerk2.sitting.allocate(sitting)
    with pytest.raises(edu.NotFound):
        world.pupil.sitting.seat(None, world.pupil.application.list(None)[0].id)


def test_who_does_not_fit_is_told_with_the_reason(world):
    season, sitting = world.open_season()
    world.register_all(sitting)
    world.freeze(season, sitting)
    assert world.clerk.sitting.shortages(sitting) == []
    world.operator.sitting.import_centres(csv(
        "code,name,address,region,latitude,longitude,active", ("C2", "Mərkəz 2", "Küçə 2", "BA", "40.37", "49.82", 0)))
    world.operator.sitting.import_rooms(csv("centre,room,rows,columns", ("C1", "R0", 1, 8), ("C1", "R1", 1, 7)))
    with pytest.raises(edu.Infeasible):
        world.clerk.sitting.allocate(sitting)
    [short] = world.clerk.sitting.shortages(sitting)
    assert (short.zone, short.is_step_free, short.pupils, short.seats, short.centres, short.places, short.reasons) == \
        ("", False, 20, 15, 1, 4, 4)
    places = list(edu.pages(world.clerk.sitting.left_over, sitting, short.zone, short.is_step_free, limit=3))
    assert [(one.place, one.name) for one in places] == [(f"S{i}", f"{i} nömrəli məktəb") for i in range(4)]
    assert sum(one.left_over for one in places) == 5 and all(one.is_reason for one in places)
    assert world.clerk.sitting.left_over(sitting, None, True) == []
    with pytest.raises(edu.Denied):
        world.pupil.sitting.shortages(sitting)


def test_everybody_gets_a_seat_of_their_own(confirmed):
    world, sitting, applications = confirmed
    seats = [
        world.clerk.sitting.seat(pupil, application)
        for pupil, application in zip(world.pupils, applications)
    ]
    assert len({(seat.centre, seat.room, seat.seat) for seat in seats}) == world.count
    assert {seat.variant for seat in seats} == {"A", "B"}
    entries = list(edu.pages(world.clerk.olympiad.entries, sitting, None))
    assert {entry.state for entry in entries} == {"allocated"}
    lists = [
        entry
        for centre in ("C1", "C2")
        for entry in edu.pages(world.clerk.sitting.attendance, sitting, centre)
    ]
    assert len(lists) == world.count


def test_everybody_sees_which_nearer_centres_were_full(confirmed):
    world, _, applications = confirmed
    for pupil, application in zip(world.pupils, applications):
        seat = world.clerk.sitting.seat(pupil, application)
        nearer = list(edu.pages(world.clerk.sitting.nearer, pupil, application))
        assert [one.distance_m for one in nearer] == sorted(one.distance_m for one in nearer)
        for one in nearer:
            assert one.distance_m < seat.distance_m <= one.distance_m + one.rent_m


def test_the_seed_is_committed_to_before_it_is_known(world):
    season, sitting = world.open_season()
    drawn = world.portal.session().sitting.get(sitting)
    assert drawn.is_drawn and drawn.seed is None
    committed = hashlib.sha256(b"5eed").hexdigest()
    assert world.clerk.sitting.commit(sitting, committed) is None
    assert world.clerk.sitting.get(sitting).commitment == committed != drawn.commitment
    world.register_all(sitting)
    with pytest.raises(edu.Invalid) as other:
        world.freeze(season, sitting, "beef")
    assert other.value.key == "sitting.other_seed"
    world.clerk.sitting.freeze(sitting, "5eed")
    assert world.clerk.sitting.get(sitting).seed == "5eed"


def test_slip_is_a_pdf_whose_code_anybody_can_check(confirmed):
    world, _, applications = confirmed
    seat = world.pupil.sitting.seat(None, applications[0])
    slip = world.pupil.sitting.slip(None, applications[0])
    assert slip.type == "application/pdf"
    assert slip.content.startswith(b"%PDF")
    keys = world.portal.session().portal.public_keys()
    verdict = edu.Record(edu.verify(seat.qr, keys))
    assert verdict.status == "valid"
    assert seat.room in json.dumps(verdict.fields, ensure_ascii=False)
    other = "1" if seat.qr.endswith("0") else "0"
    assert edu.verify(seat.qr[:-1] + other, keys)["status"] != "valid"


def test_allocation_is_checked_by_the_command(confirmed, tmp_path):
    world, sitting, _ = confirmed
    allocation = world.clerk.sitting.allocation(sitting)
    (tmp_path / "out").mkdir()
    paths = {
        name: tmp_path / ("" if name in ("places.csv", "centres.csv") else "out") / name
        for name in ("places.csv", "centres.csv", "flows.csv", "transcript.json")
    }
    for name, path in paths.items():
        path.write_bytes(world.clerk.sitting.transcript(allocation.id, name).content)
    result = run_edu("check-allocation", tmp_path / "out", "--places", paths["places.csv"],
                     "--centres", paths["centres.csv"])
    assert result.returncode == 0, result.stderr
    assert str(allocation.cost_m) in result.stdout


def test_the_signed_transcript_names_nobody_and_everybody_finds_their_line(confirmed, tmp_path):
    world, sitting, applications = confirmed
    anybody = world.portal.session()
    parts = [part.text for part in edu.pages(anybody.sitting.transcript_parts, sitting, limit=2)]
    assert len(parts) > 2
    path, keys = tmp_path / "allocation.txt", tmp_path / "keys.json"
    path.write_text("".join(parts), encoding="utf-8", newline="")
    keys.write_text(anybody.portal.public_keys(), encoding="utf-8")
    seat = world.pupil.sitting.seat(None, applications[0])
    report = edu.transcript_check(str(path), keys.read_text("utf-8"), seat.line)
    shown = anybody.sitting.get(sitting)
    assert (report.centre, report.place, report.subject) == (seat.centre, seat.place, str(sitting))
    assert (report.commitment, report.list_hash) == (shown.commitment, shown.frozen_hash)
    assert report.pupils == world.clerk.sitting.allocation(sitting).pupils
    mine = "\t".join([str(applications[0]), seat.place, seat.salt]).encode()
    assert hashlib.sha256(mine).hexdigest()[:40] == seat.line
    result = run_edu("check-transcript", path, "--public-keys", keys, "--pupil", seat.line)
    assert result.returncode == 0, result.stderr
    assert seat.centre in result.stdout and shown.frozen_hash in result.stdout
    assert run_edu("check-transcript", path, "--public-keys", keys, "--pupil", "0" * 40).returncode == 1
    path.write_text("".join(parts).replace(f"\t{seat.centre}\n", f"\t{seat.centre}x\n", 1), encoding="utf-8")
    with pytest.raises(edu.Invalid):
        edu.transcript_check(str(path), keys.read_text("utf-8"), None)
    refused = run_edu("check-transcript", path, "--public-keys", keys)
    assert refused.returncode == 1 and "line" in refused.stderr


def test_pupil_is_told(confirmed):
    world, _, applications = confirmed
    told = list(edu.pages(world.pupil.notification.list))
    assert {note.title for note in told} == {"Registration received", "Your seat is given"}
    assert {note.application_id for note in told} == {applications[0]}
    unread = world.pupil.account.identity().unread
    world.pupil.notification.read(told[0].person_id, told[0].id)
    assert world.pupil.account.identity().unread == unread - 1


def test_report_adds_up(confirmed):
    world, sitting, _ = confirmed
    for by in ("centre", "school", "region"):
        rows = list(edu.pages(world.clerk.olympiad.report, sitting, by))
        assert sum(row.allocated for row in rows) == world.count


def test_sign_in_is_taken_up_by_its_token_and_ended(world):
    session = world.portal.sign_in("pupil", PASSWORD)
    token = session.token
    session.close()
    resumed = world.portal.resume(token)
    assert resumed.account.identity().login == "pupil"
    resumed.sign_out()
    with pytest.raises(edu.Unauthenticated):
        world.portal.resume(token)


def test_backup_is_restored_by_the_command(world, tmp_path):
    world.open_season()
    world.operator.portal.backup(str(tmp_path / "copy"))
    (tmp_path / "restored.keys").write_bytes((tmp_path / "portal.db.keys").read_bytes())
    (tmp_path / "restored.keys").chmod(0o600)
    store = f"sqlite:{tmp_path}/restored"
    result = run_edu("restore", tmp_path / "copy", "--store", store)
    assert result.returncode == 0, result.stderr
    with edu.Portal(store) as portal, portal.session() as session:
        assert [season.code for season in session.olympiad.seasons()] == ["2026-math"]


def test_times_come_back_to_the_microsecond(world):
    east = datetime.timezone(datetime.timedelta(hours=4))
    closes = now() + datetime.timedelta(minutes=90)
    for microsecond in (0, 1, 499999, 500001, 999999):
        opens = datetime.datetime(2025, 12, 31, 23, 59, 59, microsecond, tzinfo=east)
        season, _ = world.open_season(f"season-{microsecond}")
        world.clerk.olympiad.season_window(season, opens, closes)
        shown = world.clerk.olympiad.season(season)
        assert (shown.opens, shown.closes) == (opens, closes)
        assert shown.opens.utcoffset() == datetime.timedelta(0)


def test_dates_and_letters_come_back(world):
    person = world.operator.account.find("PUP0003", PUPIL_BIRTH)
    assert person.birth == PUPIL_BIRTH and type(person.birth) is datetime.date
    assert (person.given, person.family) == ("Şəhla3", "İsmayılova")


def test_a_proposal_is_looked_at_and_discarded(world):
    season, sitting = world.open_season()
    world.register_all(sitting)
    world.freeze(season, sitting)
    allocation = world.clerk.sitting.allocate(sitting)
    assert world.clerk.sitting.allocation(sitting).id == allocation
    assert sum(one.pupils for one in world.clerk.sitting.loads(allocation)) == world.count
    assert world.clerk.sitting.transcript(allocation, "flows.csv").content
    assert world.clerk.sitting.get(sitting).state == "proposed"
    world.clerk.sitting.discard(allocation)
    assert world.clerk.sitting.get(sitting).state == "frozen"


def test_lists_for_the_doors(confirmed):
    world, sitting, _ = confirmed
    centre = world.pupil.sitting.seat(None, world.pupil.application.list(None)[0].id).centre
    assert world.clerk.sitting.attendance_pdf(sitting, centre).content.startswith(b"%PDF")
