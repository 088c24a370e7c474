"""One process of the crash test: does its part until it is killed, and journals what was
acknowledged.

    writer.py FOLDER JOURNAL TASK SITTING-OR-OFFERING [PERSON…]

It says "ready" once it is signed in, and begins when it is told to by a line of standard input.
"""

import json
import os
import random
import sys
import time

import edu
from world import PASSWORD, open_portal


class Journal:
    """Written and on the disk before the next step begins."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def acknowledge(self, what, **values):
        os.write(self._file, (json.dumps({"what": what, **values}) + "\n").encode())
        os.fsync(self._file)


def register(session, journal, sitting, persons):
    """Registers everybody, and withdraws every fifth again."""
    for index, person in enumerate(persons):
        application = session.olympiad.register(sitting, person, f"register {person}")
        journal.acknowledge("registered", person=person, application=application)
        if index % 5 == 4:
            session.olympiad.withdraw(person, application, f"withdraw {person}")
            journal.acknowledge("withdrawn", person=person, application=application)


def withdraw(session, journal, _sitting, persons):
    """Takes registrations back while seats are given."""
    for person in persons:
        application = session.application.list(person)[0].id
        session.olympiad.withdraw(person, application, f"withdraw {person}")
        journal.acknowledge("withdrawn", person=person, application=application)
        time.sleep(random.uniform(0, 0.02))


def allocate(session, journal, sitting, _persons):
    allocation = session.sitting.allocate(sitting)
    journal.acknowledge("proposed", allocation=allocation)


def confirm(session, journal, sitting, _persons):
    while True:
        try:
            allocation = session.sitting.allocation(sitting)
        except edu.NotFound:
            continue
        if allocation.state == "proposed":
            break
    session.sitting.confirm(allocation.id)
    journal.acknowledge("confirmed", allocation=allocation.id)


def confirm_round(session, journal, competition, _persons):
    session.round.confirm(competition)
    journal.acknowledge("round confirmed", competition=competition)


def decline(session, journal, _competition, persons):
    """Declines offers while others are made."""
    for pair in persons:
        person, application = pair.split("/")
        if session.request.get(person, application).state == "offered":
            session.request.act(person, application, "decline", None, None, f"decline {person}")
            journal.acknowledge("declined", person=person, application=application)


TASKS = {"register": register, "withdraw": withdraw, "allocate": allocate, "confirm": confirm,
         "confirm_round": confirm_round, "decline": decline}


def main():
    folder, journal, task, sitting, *persons = sys.argv[1:]
    login = "clerk2" if task.startswith("confirm") else "clerk"
    with open_portal(folder) as portal, portal.sign_in(login, PASSWORD) as session:
        print("ready", flush=True)
        sys.stdin.readline()
        TASKS[task](session, Journal(journal), sitting, persons)


main()
