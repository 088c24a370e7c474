"""A small invented world in a store of its own."""

import datetime
import json
import os
import subprocess
import uuid
from pathlib import Path

import edu
from command import ROOT

PASSWORD = "a long enough password"
# Tests sign in often: Argon2id at its cheapest, and no code for staff.
CHEAP = {"password_operations": 1, "password_memory": 8192, "staff_second_factor": False}
PUPIL_BIRTH = datetime.date(2014, 1, 1)
STAFF_BIRTH = datetime.date(1980, 1, 1)


def data(name):
    """A document of the demonstration."""
    return json.loads((ROOT / "examples/data" / name).read_text(encoding="utf-8"))


def database():
    """The address of an empty database; the tests' cluster goes with all of them."""
    server, name = os.environ["EDU_TEST_POSTGRESQL"], f"world_{uuid.uuid4().hex}"
    subprocess.run(["psql", "-qX", server, "-c",
                    f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"], check=True)
    return server.replace("/postgres?", f"/{name}?", 1)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def minutes(count):
    return datetime.timedelta(minutes=count)


def csv(header, *rows):
    lines = [header, *(",".join(str(cell) for cell in row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def open_portal(folder, store=None, **options):
    """The store of this folder, or on a server; its keys lie in the folder."""
    return edu.Portal(store or f"sqlite:{folder}/portal.db", keys=f"{folder}/portal.db.keys",
                      **{**CHEAP, **options})


class World:
    """Schools S0, S1 and so on with as many pupils each, in grade 9, numbers PUP0000 and so on; two
    centres with seats for all and a few more; the logins clerk, clerk2 and pupil."""

    def __init__(self, folder, schools=4, pupils_each=5, store=None, **options):
        self.folder = Path(folder)
        self.store = store or f"sqlite:{folder}/portal.db"
        self.portal = open_portal(folder, store, create=True, language="en", **options)
        self.operator = self.portal.operator()
        self.count = schools * pupils_each
        self.operator.service.publish(data("services/olympiad.json"))
        self._import_registers(schools, pupils_each)
        self._import_centres()
        self.pupils = [
            self.operator.account.find(f"PUP{i:04}", PUPIL_BIRTH).id for i in range(self.count)
        ]
        self.clerk = self._account("STF0001", STAFF_BIRTH, "clerk", "clerk")
        self.clerk2 = self._account("STF0002", STAFF_BIRTH, "clerk2", "clerk")
        self.pupil = self._account("PUP0000", PUPIL_BIRTH, "pupil")

    def _import_registers(self, schools, pupils_each):
        account = self.operator.account
        account.import_regions(csv("code,name", ("BA", "az=Bakı|en=Baku")))
        account.import_institutions(
            csv(
                "code,name,kind,region,address,latitude,longitude",
                *(
                    (f"S{i}", f"{i} nömrəli məktəb", "school", "BA", "Küçə", f"40.3{i}", "49.8")
                    for i in range(schools)
                ),
            )
        )
        account.import_persons(
            csv(
                "number,given,family,birth,mail",
                *(
                    (f"PUP{i:04}", f"Şəhla{i}", "İsmayılova", PUPIL_BIRTH, f"p{i}@mail.example")
                    for i in range(self.count)
                ),
                *((f"STF000{i}", "Günay", "Şıxlı", STAFF_BIRTH, "s@mail.example") for i in (1, 2)),
            )
        )
        account.import_pupils(
            csv(
                "number,institution,grade",
                *((f"PUP{i:04}", f"S{i // pupils_each}", 9) for i in range(self.count)),
            )
        )

    def _import_centres(self):
        sitting = self.operator.sitting
        rows = self.count // 20 + 2
        sitting.import_centres(
            csv(
                "code,name,address,region,latitude,longitude",
                ("C1", "Mərkəz 1", "Küçə 1", "BA", "40.31", "49.81"),
                ("C2", "Mərkəz 2", "Küçə 2", "BA", "40.37", "49.82"),
            )
        )
        room = [(centre, f"R{i}", 2, 10) for centre in ("C1", "C2") for i in range((rows + 1) // 2)]
        sitting.import_rooms(csv("centre,room,rows,columns", *room))

    def _account(self, number, birth, login, role=None):
        person = self.operator.account.find(number, birth).id
        self.operator.account.create(person, login, PASSWORD)
        if role:
            self.operator.account.grant(person, role, "", "")
        return self.portal.sign_in(login, PASSWORD)

    def open_season(self, code="2026-math"):
        """A published season whose registration is open; gives season and sitting."""
        season = self.clerk.olympiad.season_create(
            {
                "code": code,
                "title": {"az": "Riyaziyyat", "en": "Mathematics"},
                "subject": "mathematics",
                "subject_title": {"az": "Riyaziyyat", "en": "Mathematics"},
                "grade_from": 9,
                "grade_to": 9,
                "opens": now() - minutes(60),
                "closes": now() + minutes(60),
            }
        )
        sitting = self.clerk.olympiad.sitting_create(
            {
                "season_id": season,
                "code": "main",
                "grade_from": 9,
                "grade_to": 9,
                "starts": now() + minutes(120),
                "minutes": 180,
            }
        )
        self.clerk.olympiad.season_publish(season)
        return season, sitting

    def register_all(self, sitting):
        """The applications, in the pupils' order."""
        return [self.clerk.olympiad.register(sitting, pupil) for pupil in self.pupils]

    def freeze(self, season, sitting, seed=None):
        self.clerk.olympiad.season_window(season, now() - minutes(60), now())
        self.clerk.sitting.freeze(sitting, seed)

    def close(self):
        for session in (self.operator, self.clerk, self.clerk2, self.pupil):
            session.close()
        self.portal.close()
