"""From the points to the certificate that anyone checks, and the archive, as an integrator uses it."""

import base64
import datetime
import gzip
import json
import re
import subprocess

import edu
import pytest
from command import run_edu
from world import PUPIL_BIRTH, now

RULES = {
    "problems": [{"code": "p1", "max": 10}, {"code": "p2", "max": "7.5"}],
    "decimals": 1,
    "awards": [
        {"code": "gold", "title": {"az": "Qızıl medal", "en": "Gold medal"}, "cut": {"places": 3}},
        {"code": "part", "title": {"en": "Participant"}, "cut": {"points": 0}, "certificate": False},
    ],
    "certificates": {"fields": ["total", "rank"]},
    "appeal_days": 3,
}


@pytest.fixture
def marked(world):
    """A world whose round has results that nobody has published: world, season, slips by pupil."""
    season, sitting = world.open_season()
    applications = world.register_all(sitting)
    world.freeze(season, sitting)
    world.clerk2.sitting.confirm(world.clerk.sitting.allocate(sitting))
    slips = [
        world.clerk.sitting.seat(pupil, application).slip
        for pupil, application in zip(world.pupils, applications)
    ]
    world.clerk.result.rules(season, RULES)
    lines = ["number,p1,p2,absent"]
    lines += [f"{slip},{at % 11},{at % 7}.5," for at, slip in enumerate(slips[:-1])]
    lines.append(f"{slips[-1]},,,1")
    report = world.clerk.result.import_(season, ("\n".join(lines) + "\n").encode())
    assert (report.read, report.added) == (world.count, world.count)
    return world, season, slips


@pytest.fixture
def published(marked):
    world, season, slips = marked
    world.clerk.result.propose(season, now())
    world.clerk2.result.approve(season)
    assert world.clerk.result.issue(season) == 4  # two share the third place
    return world, season, slips


def test_points_are_refused_with_line_and_column(marked):
    world, season, slips = marked
    for cells, key in ((f"{slips[0]},11,1", "import.bad_points"),
                       (f"{slips[0]},1,1.25", "import.bad_points"),
                       (f"{slips[0]},1,", "import.points_missing"),
                       ("NOSUCHSLIP,1,1", "import.unknown_number")):
        with pytest.raises(edu.Invalid) as caught:
            world.clerk.result.import_(season, f"number,p1,p2\n{cells}\n".encode())
        assert (caught.value.key, caught.value.line) == (key, 2)
    with pytest.raises(edu.Invalid) as caught:
        world.clerk.result.rules(season, {"problems": [{"code": "p1"}]})
    assert caught.value.field == "/problems/0"


def test_publication_takes_two_and_tells(marked):
    world, season, _ = marked
    assert world.pupil.result.of(None) == []
    world.clerk.result.propose(season, now())
    marking = world.clerk2.result.marking(season)
    assert (marking.state, marking.may_confirm, marking.missing) == ("proposed", True, 0)
    with pytest.raises(edu.Denied):
        world.clerk.result.approve(season)
    world.clerk2.result.reopen(season)
    world.clerk.result.rank(season)
    world.clerk.result.propose(season, now() + datetime.timedelta(hours=1))
    world.clerk2.result.approve(season)
    assert world.clerk.result.marking(season).state == "approved"
    assert world.operator.result.deliver() == 0
    assert world.pupil.result.of(None) == []


def test_the_pupil_sees_the_result(published):
    world, season, slips = published
    (mine,) = world.pupil.result.of(None)
    assert (mine.number, mine.total, mine.points) == (slips[0], "0.5", ["0", "0.5"])
    assert mine.award_title == "Participant" and mine.certificate is None
    assert mine.appeals_close > now()
    page = world.clerk.result.list(season, None, None, limit=7)
    ranked = [row.rank for row in edu.pages(world.clerk.result.list, season, None, None, limit=7)]
    assert len(ranked) == world.count and page.next
    assert ranked[:-1] == sorted(ranked[:-1]) and ranked[-1] == 0
    assert world.pupil.result.history(None, season) == []


def test_many_are_printed_to_one_file(published, tmp_path):
    world, season, _ = published
    whole = world.clerk.certificate.print(season, None, None, 0)
    assert whole.count == 4 and whole.next is None
    (tmp_path / "whole.pdf").write_bytes(whole.content)
    checked = subprocess.run(["qpdf", "--check", tmp_path / "whole.pdf"], check=True,
                             capture_output=True)
    assert checked.stdout
    text = subprocess.run(["pdftotext", tmp_path / "whole.pdf", "-"], check=True,
                          capture_output=True).stdout.decode()
    listed = subprocess.run(["pdfdetach", "-list", tmp_path / "whole.pdf"], check=True,
                            capture_output=True).stdout.decode()
    holders = [row for row in edu.pages(world.clerk.result.list, season, None, None)
               if row.certificate]
    for row in holders:
        number = row.certificate
        assert "-".join(number[at:at + 4] for at in range(0, 17, 4)) in text
        assert f"{number}.json" in listed
        assert row.given in text
    # in parts, each continuing behind the one before
    parts, after = [], None
    while not parts or after:
        parts.append(world.clerk.certificate.print(season, None, after, 3))
        after = parts[-1].next
    assert [part.count for part in parts] == [3, 1]
    told = [world.clerk.certificate.print_part(season, None, after, 3) for after in (None, parts[0].next)]
    assert [(part.count, part.next, part.content) for part in told] == \
        [(part.count, part.next, b"") for part in parts]
    schools = [world.clerk.certificate.print(season, f"S{at}", None, 0) for at in range(5)]
    assert sum(part.count for part in schools) == 4
    assert schools[4].count == 0 and schools[4].content == b""
    printed = run_edu("print", "2026-math", "--to", tmp_path, "--store", world.store)
    assert "4 printed" in printed.stdout
    assert (tmp_path / "certificates-001.pdf").read_bytes().startswith(b"%PDF-")
    nowhere = run_edu("print", "2026-math", "--to", tmp_path / "none", "--store", world.store)
    assert nowhere.returncode == 1


def test_a_certificate_is_checked_in_every_way(published, tmp_path):
    world, season, _ = published
    best = next(iter(world.clerk.result.list(season, None, None)))
    (certificate,) = world.clerk.certificate.list(best.person_id)
    assert certificate.number == best.certificate and certificate.state == "valid"
    anyone = world.portal.session()
    document = world.clerk.certificate.file(best.person_id, certificate.number, "json")
    assert json.loads(document.content)["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    same = world.clerk.certificate.get(best.person_id, certificate.number)
    for text in (certificate.qr, document.content.decode()):
        assert anyone.certificate.check(text).status == "valid"
    found = anyone.certificate.find(same.number, PUPIL_BIRTH, "192.0.2.1")
    assert best.total in found.fields.values()
    with pytest.raises(edu.NotFound):
        anyone.certificate.find(same.number, datetime.date(2000, 1, 1), "192.0.2.1")
    (tmp_path / "keys.json").write_text(anyone.portal.public_keys())
    (tmp_path / "c.json").write_bytes(document.content)
    checked = run_edu("verify", tmp_path / "c.json", "--public-keys", tmp_path / "keys.json")
    assert checked.returncode == 1, checked.stderr
    assert json.loads(checked.stdout)["status"] == "status_unknown"
    (tmp_path / "bundle.json").write_bytes(anyone.certificate.bundle().content)
    offline = ["--bundle", tmp_path / "bundle.json", "--public-keys", tmp_path / "keys.json"]
    checked = run_edu("verify", tmp_path / "c.json", *offline)
    assert checked.returncode == 0, checked.stderr
    checked = run_edu("verify", "--text", certificate.qr, *offline, "--max-age", "3600")
    assert checked.returncode == 0, checked.stderr
    assert 0 <= json.loads(checked.stdout)["status_age"] < 3600
    assert edu.canonicalize(document.content) == document.content.decode()
    paper = world.clerk.certificate.file(best.person_id, certificate.number, "pdf")
    assert edu.file_text(paper.content) == document.content.decode()
    for file in (paper.content, document.content, certificate.qr.encode() + b"\r\n"):
        assert anyone.certificate.check_file(file).status == "valid"
    with pytest.raises(edu.Invalid) as refused:
        anyone.certificate.check_file(paper.content[:-200])
    assert refused.value.key == "credential.pdf_record"
    (tmp_path / "c.pdf").write_bytes(paper.content)
    checked = run_edu("verify", tmp_path / "c.pdf", *offline)
    assert checked.returncode == 0, checked.stderr
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\n")
    checked = run_edu("verify", tmp_path / "b.pdf", *offline)
    assert checked.returncode == 2 and "does not carry one signed record" in checked.stderr


def test_whoever_finds_a_certificate_has_a_copy_until_it_is_revoked(published):
    world, season, _ = published
    best = next(iter(world.clerk.result.list(season, None, None)))
    (certificate,) = world.clerk.certificate.list(best.person_id)
    anyone = world.portal.session()

    def copy(form, birth=PUPIL_BIRTH):
        return anyone.certificate.find_file(certificate.number, birth, "192.0.2.9", form)

    own = world.clerk.certificate.file(best.person_id, certificate.number, "json")
    assert copy("json").content == own.content
    assert anyone.certificate.check_file(copy("pdf").content).status == "valid"
    with pytest.raises(edu.NotFound):
        copy("json", datetime.date(2000, 1, 1))
    with pytest.raises(edu.Invalid):
        copy("exe")
    world.clerk.certificate.revoke(certificate.number, "name misspelt", True)
    world.clerk2.certificate.revoke_decide(certificate.number, True)
    assert anyone.certificate.find(certificate.number, PUPIL_BIRTH, "192.0.2.9").status == "revoked"
    with pytest.raises(edu.State) as refused:
        copy("json")
    assert refused.value.key == "certificate.no_paper"


def test_paper_scans_to_a_text_that_verifies(published, tmp_path):
    world, season, _ = published
    best = next(iter(world.clerk.result.list(season, None, None)))
    paper = world.clerk.certificate.file(best.person_id, best.certificate, "pdf")
    (tmp_path / "c.pdf").write_bytes(paper.content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", tmp_path / "c.pdf", tmp_path / "c"], check=True)
    scanned = subprocess.run(["zbarimg", "--raw", "-q", *tmp_path.glob("c*.png")],
                             capture_output=True, text=True, check=True).stdout.strip()
    assert scanned == world.clerk.certificate.get(best.person_id, best.certificate).qr
    (tmp_path / "keys.json").write_text(world.portal.session().portal.public_keys())
    (tmp_path / "code.txt").write_text(scanned + "\n")
    (tmp_path / "bundle.json").write_bytes(world.portal.session().certificate.bundle().content)
    checked = run_edu("verify", tmp_path / "code.txt", "--public-keys", tmp_path / "keys.json",
                      "--bundle", tmp_path / "bundle.json")
    assert checked.returncode == 0 and json.loads(checked.stdout)["status"] == "valid"
    text = subprocess.run(["pdftotext", tmp_path / "c.pdf", "-"], capture_output=True, text=True,
                          check=True).stdout
    for shown in (best.family, best.given, best.certificate, "Gold medal"):
        assert shown in text


def bit_of(document, index):
    """The bit of a published status list, read without the library."""
    subject = json.loads(document.content)["credentialSubject"]
    assert subject["encodedList"][0] == "u"
    packed = subject["encodedList"][1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    assert len(bits) * 8 == 131072
    return bits[index // 8] >> (7 - index % 8) & 1


def test_revocation_is_known_without_a_network(published):
    world, season, _ = published
    best = next(iter(world.clerk.result.list(season, None, None)))
    anyone = world.portal.session()
    keys, before = anyone.portal.public_keys(), anyone.certificate.bundle().content.decode()
    file = world.clerk.certificate.file(best.person_id, best.certificate, "json").content.decode()
    status = json.loads(file)["credentialStatus"]
    index = int(status["statusListIndex"])
    assert status["type"] == "BitstringStatusListEntry" and "/status/1#" in status["id"]
    assert bit_of(anyone.certificate.status_list(1), index) == 0
    with pytest.raises(edu.NotFound):
        anyone.certificate.status_list(99)
    assert edu.verify(file, keys)["status"] == "status_unknown"
    verdict = edu.verify_offline(file, before, keys, 60, None)
    assert verdict["status"] == "valid" and 0 <= verdict["status_age"] < 60
    world.clerk.certificate.revoke(best.certificate, "an error", True)
    world.clerk2.certificate.revoke_decide(best.certificate, True)
    after = anyone.certificate.bundle().content.decode()
    assert edu.verify_offline(file, after, before, 60, None)["status"] == "revoked"
    assert bit_of(anyone.certificate.status_list(1), index) == 1
    with pytest.raises(edu.Crypto):
        edu.verify_offline(file, after.replace('"revoked":[', '"revoked":[0,'), keys, 60, None)
    with pytest.raises(edu.Invalid):
        edu.verify_offline(file, "{}", keys, 60, None)


def test_keys_are_replaced_and_withdrawn(published):
    world, season, _ = published
    best = next(iter(world.clerk.result.list(season, None, None)))
    anyone, admin = world.portal.session(), world.portal.operator()
    code = world.clerk.certificate.get(best.person_id, best.certificate).qr
    (first,) = admin.key.list()
    assert first.state == "current" and len(first.public_key) == 32
    with pytest.raises(edu.Denied):
        world.clerk.key.rotate(None)
    admin.key.rotate(None)
    assert sorted(key.state for key in admin.key.list()) == ["current", "past"]
    assert anyone.certificate.check(code).status == "valid"
    admin.key.compromise(first.kid, first.since)
    assert anyone.certificate.check(code).status == "unknown_key"
    did = json.loads(anyone.portal.did())
    assert did["id"].startswith("did:web:") and len(did["assertionMethod"]) == 1
    assert admin.certificate.open_list(0) == 2


def test_revoking_takes_two(published):
    world, season, _ = published
    best = next(iter(world.clerk.result.list(season, None, None)))
    anyone = world.portal.session()
    code = world.clerk.certificate.get(best.person_id, best.certificate).qr
    world.clerk.certificate.revoke(best.certificate, "name misspelt", True)
    with pytest.raises(edu.Denied):
        world.clerk.certificate.revoke_decide(best.certificate, True)
    (asked,) = world.clerk2.certificate.revocations()
    assert asked.may_confirm and asked.reason == "name misspelt"
    world.clerk2.certificate.revoke_decide(best.certificate, True)
    verdict = anyone.certificate.check(code)
    assert (verdict.status, verdict.reason) == ("revoked", "name misspelt")


def test_an_appeal_changes_the_result(published):
    world, season, slips = published
    world.pupil.result.appeal_make(None, season, "Problem 1 was not counted.")
    (waiting,) = world.clerk.result.appeals(season, "open")
    assert waiting.text == "Problem 1 was not counted." and waiting.number == slips[0]
    world.clerk.result.appeal_decide(waiting.person_id, season, ["10", "7.5"], "You are right.")
    (correction,) = world.clerk2.result.corrections(season)
    assert correction.may_confirm and correction.is_appeal
    world.clerk2.result.correction_decide(correction.id, True)
    (mine,) = world.pupil.result.of(None)
    assert (mine.total, mine.rank, mine.award, mine.version) == ("17.5", 1, "gold", 2)
    assert mine.certificate
    answered = world.pupil.result.appeal_get(None, season)
    assert (answered.state, answered.answer) == ("upheld", "You are right.")
    assert [change.total for change in world.pupil.result.history(None, season)] == ["0.5"]


def test_a_correction_to_an_absence(published):
    world, season, slips = published
    correction = world.clerk.result.correct(season, slips[1], None, "another sat there")
    assert [one.id for one in world.clerk2.result.corrections(season)] == [correction]
    world.clerk2.result.correction_decide(correction, True)
    (row,) = [row for row in edu.pages(world.clerk.result.list, season, None, None)
              if row.number == slips[1]]
    assert (row.state, row.total, row.rank, row.award) == ("absent", None, 0, None)


def test_the_next_round_is_answered(published):
    world, season, _ = published
    wish = {
        "code": "next", "title": {"en": "Final"}, "subject": "mathematics",
        "subject_title": {"en": "Mathematics"}, "grade_from": 9, "grade_to": 9,
        "opens": now() - datetime.timedelta(hours=1), "closes": now() + datetime.timedelta(hours=1),
        "by_invitation": True,
    }
    with pytest.raises(edu.State):
        world.clerk.result.invite(season)
    final = world.clerk.olympiad.season_create(wish)
    world.clerk.olympiad.sitting_create({
        "season_id": final, "code": "main", "grade_from": 9, "grade_to": 9,
        "starts": now() + datetime.timedelta(hours=2), "minutes": 60})
    world.clerk.olympiad.season_publish(final)
    assert world.clerk.olympiad.season(final).by_invitation
    (sitting,) = world.clerk.olympiad.sittings(final)
    may = world.pupil.olympiad.eligibility(sitting.id, None)
    assert may.reason == "olympiad.by_invitation"
    with pytest.raises(edu.NotFound):
        world.pupil.olympiad.answer(None, world.clerk.result.list(season, None, None)[0].person_id,
                                    True)


def test_who_goes_on_is_invited_and_answers(marked):
    world, season, _ = marked
    world.clerk.result.rules(season, {**RULES, "advance": {"season": "next", "cut": {"places": 3}}})
    world.clerk.result.propose(season, now())
    world.clerk2.result.approve(season)
    later = now() + datetime.timedelta(days=1)
    final = world.clerk.olympiad.season_create({
        "code": "next", "title": {"en": "Final"}, "subject": "mathematics", "grade_from": 9, "grade_to": 9,
        "subject_title": {"en": "Mathematics"}, "opens": now(), "closes": later, "by_invitation": True})
    world.clerk.olympiad.sitting_create({"season_id": final, "code": "main", "grade_from": 9, "grade_to": 9,
                                         "starts": later, "minutes": 60})
    world.clerk.olympiad.season_publish(final)
    first = [one for one in edu.pages(world.clerk.result.list, season, None, None) if one.advances]
    assert world.clerk.result.invite(season) == len(first) > 2
    states = []
    for one, accepts in zip(first, (True, False)):
        invited = world.clerk.application.list(one.person_id)[0]
        states.append(invited.state)
        world.clerk.olympiad.answer(one.person_id, invited.id, accepts)
        states.append(world.clerk.application.get(one.person_id, invited.id).state)
    assert states == ["invited", "registered", "invited", "declined"]


def test_blind_codes(world):
    season, sitting = world.open_season()
    world.register_all(sitting)
    world.freeze(season, sitting)
    world.clerk2.sitting.confirm(world.clerk.sitting.allocate(sitting))
    world.clerk.result.rules(season, {"problems": [{"code": "p1", "max": 10}], "blind": True})
    lines = world.clerk.result.codes(season).content.decode().split()
    assert lines[0] == "slip,code" and len(lines) == world.count + 1
    slip, code = lines[1].split(",")
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", code)
    world.clerk.result.import_(season, f"number,p1\n{code},4\n".encode())
    (row,) = world.clerk.result.list(season, None, None)
    assert (row.number, row.total) == (slip, "4")


def test_figures_and_years_of_an_archive(world):
    for year in (2001, 2002):
        season = world.clerk.olympiad.season_create({
            "code": f"old-{year}", "title": {"en": f"Old {year}"}, "subject": "mathematics",
            "subject_title": {"en": "Mathematics"}, "grade_from": 1, "grade_to": 12,
            "series": "old", "year": year, "is_archive": True})
        world.clerk.olympiad.season_publish(season)
        world.clerk.result.rules(season, {"problems": [{"code": "p1", "max": 7}]})
        world.clerk.result.import_(
            season, f"number,region,p1\nx1,BA,7\nx2,BA,{year % 10}\n".encode())
        world.clerk.result.propose(season, now())
        world.clerk2.result.approve(season)
    anyone = world.portal.session()
    means = [(row.year, row.mean) for row in anyone.result.years("old", "region", "BA")]
    assert means == [(2002, "4.5"), (2001, "4")]
    (subject,) = anyone.result.subjects(2001, "region", "BA")
    assert (subject.subject, subject.season, subject.mean) == ("mathematics", "old-2001", "4")
    (problem,) = anyone.result.figures(season, "problem")
    assert (problem.name, problem.difficulty, problem.solved) == ("p1", 642, 500)
    assert anyone.result.csv(season, "region").content.decode().splitlines()[1].startswith("BA,Baku")
    assert [row.rank for row in anyone.result.list(season, None, None)] == [1, 2]


def test_the_commands(published, tmp_path):
    world, _, slips = published
    store = f"sqlite:{world.folder}/portal.db"
    shown = run_edu("results", "status", "2026-math", "--store", store)
    assert shown.returncode == 0 and "published: 20 expected, 19 scored, 1 absent" in shown.stdout
    written = run_edu("results", "export", "2026-math", "--store", store)
    assert slips[3] in written.stdout
    assert run_edu("issue", "2026-math", "--store", store).stdout == "0 issued\n"
    assert run_edu("rank", "2026-math", "--store", store).returncode == 1
    assert run_edu("results", "import", "2026-math", tmp_path / "none", "--store", store).returncode
    number = world.clerk.result.list("" or published[1], None, None)[0].certificate
    asks = ("revoke", number, "--reason", "error", "--store", store)
    assert run_edu(*asks).returncode == 2  # the operator is no one of two
    assert run_edu(*asks, "--private", "--login", "clerk", stdin="wrong\n").returncode == 1
    assert run_edu("revoke", number, "--store", store).returncode == 2
    assert run_edu("results", "--help").returncode == 0


def test_canonicalize_by_the_command():
    made = run_edu("canonicalize", stdin='{"b":1e2,"a":"\\u20ac"}')
    assert (made.returncode, made.stdout) == (0, '{"a":"€","b":100}')
    assert run_edu("canonicalize", stdin='{"a":1,"a":2}').returncode == 1
