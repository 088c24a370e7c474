#!/usr/bin/env python3
"""Makes the demonstration data: registers and exam centres laid over real settlements.

Schools, centres and people are invented; settlements and their population are real (see
examples/data/SOURCES.md). The same arguments give the same bytes on every machine: the generator
draws from its own stream of integers and uses no function whose rounding a platform may choose.

    tools/make_demo_data.py OUT_DIR [--pupils 20000] [--schools 900] [--seed 1]
"""

import argparse
import csv
import json
import math
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "examples" / "data"
SCHOOL_YEAR = 2026
GRADES = range(5, 12)
NUMBER_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
EXCLAVE_REGION = "NX"
SEATS_PER_CENTRE = 280
SMALLEST_CENTRE = 60
SLACK = 1.15  # seats per pupil in each zone, at least
ROOM_SIZES = [(5, 6), (5, 6), (6, 6), (5, 5), (4, 6), (6, 8), (8, 12)]


class Draw:
    """SplitMix64: small, and the same everywhere."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        x = self.state
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ x >> 27) * 0x94D049BB133111EB % 2**64
        return x ^ x >> 31

    def below(self, n):
        return self.bits() % n

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, per_1000):
        return self.below(1000) < per_1000

    def unit(self):
        return (self.bits() >> 11) / 2**53

    def choice(self, items):
        return items[self.below(len(items))]


def share_out(total, weights):
    """Splits total in proportion to weights by largest remainder; ties go to the earlier one."""
    whole = sum(weights)
    parts = [total * w // whole for w in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def read_csv(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_settlements():
    regions = {row["geonames_region"]: row["code"] for row in read_csv("az-regions.csv")}
    names = {row["geonames_id"]: row["az"] for row in read_csv("az-settlement-names.csv")}
    return [
        {
            "name": names.get(row["geonames_id"], row["name"]),
            "region": regions[row["region"]],
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "population": int(row["population"]),
        }
        for row in read_csv("az-settlements.csv")
    ]


def read_regions():
    seen = {row["code"]: f"az={row['az']}|en={row['en']}" for row in read_csv("az-regions.csv")}
    return [{"code": code, "name": name} for code, name in sorted(seen.items())]


class Outline:
    """The country's land, so that no school stands in the sea."""

    def __init__(self):
        with open(DATA / "az-outline.geojson", encoding="utf-8") as file:
            self.rings = [
                ring for part in json.load(file)["geometry"]["coordinates"] for ring in part
            ]

    def holds(self, latitude, longitude):
        inside = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
                if (y1 > latitude) != (y2 > latitude):
                    if longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1):
                        inside = not inside
        return inside


def cosine_of_degrees(degrees):
    x = degrees * 3.141592653589793 / 180
    square = x * x
    return 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56)))


def point_near(draw, outline, settlement):
    """A point on land within the settlement's likely radius, or its middle where none is found."""
    radius_km = 0.5 + 0.009 * math.sqrt(settlement["population"])
    degrees = radius_km / 111.2
    for _ in range(40):
        north, east = 2 * draw.unit() - 1, 2 * draw.unit() - 1
        latitude = settlement["latitude"] + north * degrees
        longitude = settlement["longitude"] + east * degrees / cosine_of_degrees(
            settlement["latitude"]
        )
        if north * north + east * east <= 1 and outline.holds(latitude, longitude):
            return latitude, longitude
    return settlement["latitude"], settlement["longitude"]


def zone_of(region):
    return EXCLAVE_REGION if region == EXCLAVE_REGION else ""


def make_address(draw, lists, settlement_name):
    return f"{settlement_name}, {draw.choice(lists['street'])} {draw.between(1, 140)}"


def make_school(draw, outline, lists, settlement, region_number, local_number):
    kind, title = "school", f"{local_number} nömrəli tam orta məktəb"
    if draw.chance(60):
        kind, title = "lyceum", f"{local_number} nömrəli məktəb-lisey"
    elif draw.chance(40):
        kind, title = "gymnasium", f"{local_number} nömrəli gimnaziya"
    latitude, longitude = point_near(draw, outline, settlement)
    return {
        "code": f"{settlement['region']}-{region_number:03}",
        "name": f"{settlement['name']}, {title}",
        "kind": kind,
        "region": settlement["region"],
        "address": make_address(draw, lists, settlement["name"]),
        "latitude": f"{latitude:.5f}",
        "longitude": f"{longitude:.5f}",
        "zone": zone_of(settlement["region"]),
    }


def make_schools(draw, outline, lists, settlements, count):
    schools, in_region = [], {}
    for settlement, share in zip(
        settlements, share_out(count, [s["population"] for s in settlements])
    ):
        for local_number in range(1, share + 1):
            region = settlement["region"]
            in_region[region] = in_region.get(region, 0) + 1
            schools.append(
                make_school(draw, outline, lists, settlement, in_region[region], local_number)
            )
    return sorted(schools, key=lambda school: school["code"])


def make_room(draw, centre, code, is_ground_floor):
    rows, columns = draw.choice(ROOM_SIZES)
    desks = [f"{chr(65 + row)}{column + 1}" for row in range(rows) for column in range(columns)]
    missing = [desk for desk in desks if draw.chance(20)]
    left = [desk for desk in desks if desk not in missing]
    step_free = "*" if is_ground_floor else " ".join(left[-2:] if draw.chance(150) else [])
    room = {
        "centre": centre,
        "room": str(code),
        "rows": rows,
        "columns": columns,
        "missing": " ".join(missing),
        "step_free": step_free,
    }
    return room, len(left)


class Centres:
    """Exam centres in school buildings, and their rooms."""

    def __init__(self, draw):
        self.draw = draw
        self.rows = []
        self.rooms = []
        self.room_counts = {}
        self.seats = {}

    def open(self, school, number):
        code = f"{school['region']}-C{number:02}"
        places = ("address", "region", "latitude", "longitude", "zone")
        centre = {"code": code, "name": f"İmtahan mərkəzi: {school['name']}"}
        centre |= {key: school[key] for key in places}
        self.rows.append(centre)
        self.room_counts[code] = 0
        self.seats[code] = 0
        return code

    def add_room(self, code):
        count = self.room_counts[code]
        floor, door = divmod(count, 6)
        room, seats = make_room(self.draw, code, (floor + 1) * 100 + door + 1, count == 0)
        self.rooms.append(room)
        self.room_counts[code] += 1
        self.seats[code] += seats

    def fill(self, code, seats):
        while self.seats[code] < seats:
            self.add_room(code)

    def fill_zone(self, zone, seats):
        codes = [row["code"] for row in self.rows if row["zone"] == zone]
        while sum(self.seats[code] for code in codes) < seats:
            self.add_room(self.draw.choice(codes))


def make_centres(draw, schools, pupils_of_school):
    """Regions get more or fewer seats than they have pupils, so that an allocation has work to do."""
    centres = Centres(draw)
    for region in sorted({school["region"] for school in schools}):
        own = [school for school in schools if school["region"] == region]
        pupils = sum(pupils_of_school[school["code"]] for school in own)
        seats = pupils * draw.between(85, 140) // 100
        if seats < SMALLEST_CENTRE and not zone_of(region):
            continue
        count = min(len(own), max(1, (seats + SEATS_PER_CENTRE // 2) // SEATS_PER_CENTRE))
        for number in range(count):
            code = centres.open(own[(2 * number + 1) * len(own) // (2 * count)], number + 1)
            centres.fill(code, seats // count)
    for zone in ("", EXCLAVE_REGION):
        own = [school["code"] for school in schools if school["zone"] == zone]
        centres.fill_zone(zone, SLACK * sum(pupils_of_school[code] for code in own))
    centres.rooms.sort(key=lambda room: (room["centre"], room["room"]))
    return centres


class People:
    """The persons' register."""

    def __init__(self, draw, lists):
        self.draw = draw
        self.lists = lists
        self.rows = []
        self.numbers = set()

    def new_number(self):
        while True:
            number = "".join(self.draw.choice(NUMBER_LETTERS) for _ in range(7))
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def add(self, given, family, patronymic, years, reachable_per_1000):
        serial = len(self.rows) + 1
        draw = self.draw
        year, month, day = draw.between(*years), draw.between(1, 12), draw.between(1, 28)
        person = {
            "number": self.new_number(),
            "document": "",
            "given": given,
            "family": family,
            "patronymic": patronymic,
            "birth": f"{year}-{month:02}-{day:02}",
            "mail": f"p{serial}@mail.example" if draw.chance(reachable_per_1000) else "",
            "phone": f"+99400{serial:07}" if draw.chance(reachable_per_1000) else "",
        }
        self.rows.append(person)
        return person


class Household:
    """A family name, the father whose name the children carry, and the children."""

    def __init__(self, people, is_russian=False):
        self.people = people
        self.suffix = "_ru" if is_russian else ""
        self.family = self.pick("family")
        self.father = self.pick("male")
        self.children = []

    def pick(self, what):
        return self.people.draw.choice(self.people.lists[what + self.suffix])

    def family_name(self, sex):
        has_two_forms = self.family.endswith(("ov", "ev", "in"))
        return self.family + "a" if sex == "f" and has_two_forms else self.family

    def patronymic(self, father, sex):
        if not self.suffix:
            return father + (" qızı" if sex == "f" else " oğlu")
        stem = father[:-1] + "ye" if father.endswith("y") else father + "o"
        stem = father + "ye" if father.endswith("i") else stem
        return stem + ("vna" if sex == "f" else "viç")

    def given_name(self, sex):
        return self.pick("female" if sex == "f" else "male")

    def add_child(self, school):
        draw = self.people.draw
        grades = {child["grade"] for child in self.children}
        grade = draw.choice([grade for grade in GRADES if grade not in grades])
        sex = draw.choice("fm")
        year = SCHOOL_YEAR - 6 - grade
        person = self.people.add(
            self.given_name(sex),
            self.family_name(sex),
            self.patronymic(self.father, sex),
            (year, year),
            600,
        )
        other_language = "ru" if draw.chance(80) else "en" if draw.chance(15) else "az"
        pupil = {
            "number": person["number"],
            "document": "",
            "institution": school,
            "grade": grade,
            "class": draw.choice("abcç"),
            "language": "ru" if self.suffix else other_language,
            "step_free": int(draw.chance(10)),
        }
        self.children.append(pupil)
        return pupil

    def add_adult(self, sex):
        given = self.father if sex == "m" and self.children else self.given_name(sex)
        patronymic = self.patronymic(self.pick("male"), sex)
        return self.people.add(given, self.family_name(sex), patronymic, (1970, 1991), 1000)

    def guardian_links(self, guardian):
        return [
            {
                "guardian_number": guardian["number"],
                "child_number": child["number"],
                "child_document": child["document"],
            }
            for child in self.children
        ]


def make_pupils(people, pupils_of_school):
    """Pupils school by school; about one in eleven has a brother or sister there."""
    pupils, households = [], []
    for school, count in sorted(pupils_of_school.items()):
        for index in range(count):
            is_sibling = index > 0 and people.draw.chance(90)
            if not is_sibling or len(households[-1].children) == len(GRADES):
                households.append(Household(people, people.draw.chance(30)))
            pupils.append(households[-1].add_child(school))
    return pupils, households


def replace_by_foreigners(people, pupils):
    """Some pupils without a personal number, in letters that Azerbaijani has not."""
    persons = {person["number"]: person for person in people.rows}
    foreigners = people.lists["foreign"]
    for index, (given, family, patronymic) in enumerate(foreigners):
        pupil = pupils[(2 * index + 1) * len(pupils) // (2 * len(foreigners))]
        person = persons[pupil["number"]]
        person |= {"given": given, "family": family, "patronymic": patronymic}
        document = f"P{people.draw.between(1000000, 9999999)}"
        for row in (pupil, person):
            row |= {"number": "", "document": document}


def make_guardians(draw, households):
    links = []
    for household in households:
        if draw.chance(400):
            for sex in "fm" if draw.chance(120) else draw.choice("fm"):
                links += household.guardian_links(household.add_adult(sex))
    return links


def make_accounts(people, households, centres, links):
    """Who gets an account: a family in the capital, a pupil of the exclave, and staff."""
    def living_in(region, children):
        return next(
            household
            for household in households
            if len(household.children) >= children
            and household.children[0]["institution"].startswith(region + "-")
            and household.children[0]["number"]
            and household.children[0]["grade"] == 9
        )

    births = {person["number"]: person["birth"] for person in people.rows}
    accounts = []

    def add(login, number, birth, role="", scope="", code=""):
        row = {"login": login, "number": number, "birth": birth}
        accounts.append(row | {"role": role, "scope": scope, "code": code})

    def add_staff(login, role, scope="", code=""):
        person = Household(people).add_adult(people.draw.choice("fm"))
        add(login, person["number"], person["birth"], role, scope, code)

    family = living_in("BA", 2)
    pupil = family.children[0]
    parent = family.add_adult("f")
    links += family.guardian_links(parent)
    exclave_pupil = living_in(EXCLAVE_REGION, 1).children[0]
    add("pupil", pupil["number"], births[pupil["number"]])
    add("pupil.nx", exclave_pupil["number"], births[exclave_pupil["number"]])
    add("parent", parent["number"], parent["birth"])
    add_staff("admin", "admin")
    add_staff("clerk", "clerk")
    add_staff("clerk2", "clerk")
    add_staff("clerk.nx", "clerk", "region", EXCLAVE_REGION)
    add_staff("school", "school", "institution", pupil["institution"])
    centre = next(row["code"] for row in centres.rows if row["region"] == "BA")
    add_staff("steward", "steward", "centre", centre)
    for login in ("executor", "executor2"):
        add_staff(login, "executor", "department", "schools")
    add_staff("head", "head", "department", "schools")
    add_staff("finance", "finance")
    add_staff("registrar", "school", "institution", "UNI-1")
    return accounts


# Of higher and secondary specialised education, invented as the schools are. Their programmes are in
# examples/cli/demo_admission.c.
HIGHER = [
    {"code": "UNI-1", "name": "Xəzər Sahili Universiteti", "kind": "university", "region": "BA",
     "address": "Nizami küçəsi 1", "latitude": "40.3777", "longitude": "49.8480", "zone": ""},
    {"code": "UNI-2", "name": "Kəpəz Texniki Universiteti", "kind": "university", "region": "BA",
     "address": "Atatürk prospekti 8", "latitude": "40.3953", "longitude": "49.8822", "zone": ""},
    {"code": "COL-1", "name": "Abşeron Kolleci", "kind": "college", "region": "BA",
     "address": "Füzuli küçəsi 14", "latitude": "40.3860", "longitude": "49.8370", "zone": ""},
]
PROGRAMMES = {"higher": [("UNI-1", "2026-physics"), ("UNI-1", "2026-law"), ("UNI-2", "2026-computing"),
                         ("UNI-2", "2026-energy")],
              "masters": [("UNI-1", "2026-education-ma")],
              "secondary_specialised": [("COL-1", "2026-nursing"), ("COL-1", "2026-accounting")]}
ADMITTED = 300


def make_admitted(draw, pupils, accounts):
    """The list of an examination body: pupils of the last grade, and three who have an account."""
    def admit(number, level, funding):
        institution, programme = draw.choice(PROGRAMMES[level])
        return {"number": number, "institution": institution, "programme": programme, "level": level,
                "funding": funding, "year": 2026, "score": f"{draw.between(300, 690)}.{draw.between(0, 9)}"}

    number = {row["login"]: row["number"] for row in accounts}
    rows = [admit(number["parent"], "masters", "paid"),
            admit(number["pupil"], "secondary_specialised", "paid"),
            admit(number["pupil.nx"], "secondary_specialised", "state")]
    taken = set(number.values())
    for pupil in pupils:
        if pupil["grade"] == 11 and pupil["number"] and pupil["number"] not in taken:
            rows.append(admit(pupil["number"], "higher", draw.choice(["state", "paid"])))
        if len(rows) == ADMITTED:
            break
    return rows


def make_records(accounts):
    """What the registers of education hold about those who have an account, by register."""
    number = {row["login"]: row["number"] for row in accounts}
    return {
        "diagnostic_assessment": [
            {"number": number[login], "year": year, "subject": subject, "total": total, "maximum": 100}
            for login, year, subject, total in (
                ("pupil", 2025, "Riyaziyyat", "87.5"), ("pupil", 2026, "Riyaziyyat", 91),
                ("pupil.nx", 2026, "Fizika", 64))],
        "state_programme": [
            {"number": number["parent"], "university": "Technische Universität Wien",
             "country": "Avstriya", "programme": "İnformatika", "degree": "master",
             "since": "2012-10-01", "until": "2014-09-30", "state": "graduated"}],
    }


def make(pupil_count, school_count, seed):
    """All tables, by file name."""
    draw = Draw(seed)
    with open(DATA / "invented-people.json", encoding="utf-8") as file:
        lists = json.load(file)
    schools = make_schools(draw, Outline(), lists, read_settlements(), school_count)
    shares = share_out(pupil_count, [draw.between(4, 20) for _ in schools])
    pupils_of_school = {school["code"]: share for school, share in zip(schools, shares)}
    centres = make_centres(draw, schools, pupils_of_school)
    people = People(draw, lists)
    pupils, households = make_pupils(people, pupils_of_school)
    replace_by_foreigners(people, pupils)
    links = make_guardians(draw, households)
    accounts = make_accounts(people, households, centres, links)
    return {
        "regions.csv": read_regions(),
        "institutions.csv": schools + HIGHER,
        "centres.csv": centres.rows,
        "rooms.csv": centres.rooms,
        "persons.csv": people.rows,
        "pupils.csv": pupils,
        "guardians.csv": links,
        "accounts.csv": accounts,
        "admitted.csv": make_admitted(draw, pupils, accounts),
    } | {f"{code}.csv": rows for code, rows in make_records(accounts).items()}


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description="Makes the demonstration data.")
    parser.add_argument("out", type=Path, help="folder to write the tables to")
    parser.add_argument("--pupils", type=int, default=20000)
    parser.add_argument("--schools", type=int, default=900)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.schools < 100 or arguments.pupils < 10 * arguments.schools:
        parser.error("at least 100 schools, and 10 pupils a school")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, rows in make(arguments.pupils, arguments.schools, arguments.seed).items():
        write_csv(arguments.out / name, rows)
        print(f"{name}: {len(rows)}")


if __name__ == "__main__":
    main()
