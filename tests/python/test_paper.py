"""The three forms of a certificate say the same, and what is printed can be scanned: small, blurred,
and with as much of it gone as level M of QR codes promises to mend."""

import html
import json
import os
import random
import re
import subprocess

import edu
import pytest
from PIL import Image, ImageDraw, ImageFilter
from command import ROOT
from world import PASSWORD, PUPIL_BIRTH, World, data

DPI = 150
NIGHTLY = os.environ.get("EDU_NIGHTLY") == "1"
PAGE_HEIGHT = 841.89
# Of level M: (error correction codewords a block, (blocks, their data codewords)…), by version.
BLOCKS = {7: (18, (4, 31)), 8: (22, (2, 38), (2, 39)), 9: (22, (3, 36), (2, 37)),
          10: (26, (4, 43), (1, 44)), 11: (30, (1, 50), (4, 51)), 12: (22, (6, 36), (2, 37)),
          13: (22, (8, 37), (1, 38)), 14: (24, (4, 40), (5, 41))}
ALIGNED = {7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50), 11: (6, 30, 54),
           12: (6, 32, 58), 13: (6, 34, 62), 14: (6, 26, 46, 66)}
PROMISED = 0.15
BLUR = 0.1  # mm on the paper; a module has 0.5


def documents(folder):
    return [json.loads(path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / "examples/data" / folder).glob("*.json"))]


def run(*command, given=None):
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout


# ---- papers of every type ----

def words(random_, most):
    """A text of Azerbaijani letters of at most so many bytes, and near to it."""
    text = ""
    while len(text.encode()) < most - 24:
        text += "".join(random_.choice("əığöüşçabdeklmnİƏŞ") for _ in range(random_.randint(2, 9)))
        text += random_.choice(("-", " ", " "))
    return text.strip(" -") + "a"


def value_of(column, when, random_, most):
    if column["name"] in when:
        return when[column["name"]][0]
    if column["kind"] == "choice":
        return random_.choice(column["choices"])["code"]
    if column["kind"] == "date":
        return "2025-09-15"
    if column["kind"] == "text":
        return words(random_, most)
    return str(column.get("most", 7))


def bring(world, register, kind, number, random_, most):
    """One record that fits the type."""
    columns = register["columns"]
    names = ["number"] + ["institution"] * register.get("institutions", False)
    cells = [number] + ["S1"] * register.get("institutions", False)
    names += [column["name"] for column in columns]
    cells += [value_of(column, kind.get("when", {}), random_, most) for column in columns]
    report = world.operator.register.import_(
        register["register"], (",".join(names) + "\n" + ",".join(cells) + "\n").encode())
    assert report.added == 1, report


def ask(world, kind, number):
    login = f"holder{number.lower()}"
    person = world.operator.account.find(number, PUPIL_BIRTH).id
    world.operator.account.create(person, login, PASSWORD)
    with world.portal.sign_in(login, PASSWORD) as session:
        made = session.reference.request(None, kind["reference"], None)
        assert made.state == "issued"
        return made.person_id, made.number


@pytest.fixture
def papers(tmp_path):
    """Pairs of a person and a number: each type of reference, every second with the longest texts, the
    others with such by chance."""
    world = World(tmp_path, pupils_each=30)
    world.operator.service.publish(data("services/reference.json"))
    registers = {register["register"]: register for register in documents("registers")}
    for register in registers.values():
        world.operator.register.publish(register)
    random_ = random.Random(2026)
    made = []
    for kind in documents("references"):
        world.operator.reference.publish(kind)
    for turn in range(9 if NIGHTLY else 1):
        for at, kind in enumerate(documents("references")):
            most = 400 if turn == 0 and at % 2 else random_.randint(20, 400)
            number = f"PUP{len(made) + 1:04}"
            bring(world, registers[kind["register"]], kind, number, random_, most)
            made.append(ask(world, kind, number))
    yield world, made
    world.close()


def leaves(value, at=()):
    """Every signed text, number and truth value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if at or name != "proof":
                yield from leaves(inner, (*at, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, at)
    else:
        yield value if isinstance(value, str) else json.dumps(value)


def letters(text):
    """Where lines end is no matter."""
    return re.sub(r"\s+", "", text)


def test_the_three_forms_say_the_same(papers, tmp_path):
    world, made = papers
    for person, number in made:
        forms = {form: world.clerk.certificate.file(person, number, form)
                 for form in ("json", "pdf", "html")}
        record = forms["json"].content
        path = tmp_path / "paper.pdf"
        path.write_bytes(forms["pdf"].content)
        page = html.unescape(re.sub(r"<[^>]*>", "", forms["html"].content.decode()))
        paper = letters(run("pdftotext", "-raw", path, "-").decode())
        for leaf in leaves(json.loads(record)):
            assert letters(leaf) in paper, leaf
            assert letters(leaf) in letters(page), leaf
        assert run("pdfdetach", "-save", "1", "-o", "/dev/stdout", path) == record
        run("qpdf", "--check", path)
        assert forms["html"].type == "text/html" and forms["pdf"].type == "application/pdf"
        # and whoever asks gets the same bytes
        with world.portal.session("ru") as anyone:
            given = anyone.certificate.paper(record.decode(), "pdf")
        assert given.content == forms["pdf"].content


def test_papers_for_those_who_checked(papers):
    world, made = papers
    person, number = made[0]
    qr = world.clerk.certificate.get(person, number).qr
    record = world.clerk.certificate.file(person, number, "json").content
    with world.portal.session("en") as anyone:
        assert anyone.certificate.paper(qr, "json").content == record
        with pytest.raises(edu.Invalid) as refused:
            anyone.certificate.paper(qr[:-1] + ("1" if qr[-1] == "0" else "0"), "pdf")
        assert refused.value.key == "certificate.not_genuine"
        with pytest.raises(edu.Invalid):
            anyone.certificate.paper(qr, "docx")
    world.clerk.certificate.revoke(number, "error", True)
    world.clerk2.certificate.revoke_decide(number, True)
    with world.portal.session("en") as anyone, pytest.raises(edu.State) as refused:
        anyone.certificate.paper(qr, "pdf")
    assert refused.value.key == "certificate.no_paper"


# ---- scanning ----

def function_modules(version):
    """Modules that hold no codewords."""
    size = 17 + 4 * version
    held = set()

    def square(x, y, width, height):
        held.update((i, j) for i in range(x, x + width) for j in range(y, y + height))

    for x, y in ((0, 0), (size - 8, 0), (0, size - 8)):
        square(x, y, 8, 8)
    square(0, 0, 9, 9)
    square(size - 8, 8, 8, 1)
    square(8, size - 8, 1, 8)
    square(6, 0, 1, size)
    square(0, 6, size, 1)
    square(size - 11, 0, 3, 6)
    square(0, size - 11, 6, 3)
    ends = ALIGNED[version]
    for x in ends:
        for y in ends:
            if (x, y) not in ((6, 6), (6, ends[-1]), (ends[-1], 6)):
                square(x - 2, y - 2, 5, 5)
    return held


def blocks_of(version):
    """For each codeword, in the order in which they stand in the code, its block."""
    correction, *groups = BLOCKS[version]
    sizes = [size for count, size in groups for _ in range(count)]
    order = [block for at in range(max(sizes)) for block, size in enumerate(sizes) if at < size]
    order += [block for _ in range(correction) for block in range(len(sizes))]
    return order, [size + correction for size in sizes]


def codewords_of(version):
    """Of each module its codeword."""
    size, held = 17 + 4 * version, function_modules(version)
    place, count, upwards = {}, 0, True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for y in range(size - 1, -1, -1) if upwards else range(size):
            for x in (right, right - 1):
                if (x, y) not in held:
                    place[x, y] = count // 8
                    count += 1
        upwards = not upwards
    return place


def blot(version, random_):
    """The modules of the largest square at a place by chance that hits at most so much of each block
    as level M promises to mend."""
    place = codewords_of(version)
    order, sizes = blocks_of(version)
    size = 17 + 4 * version
    x, y = random_.randrange(size), random_.randrange(size)
    kept = set()
    for side in range(1, size):
        modules = {(i, j) for i in range(x - side // 2, x + side // 2 + 1)
                   for j in range(y - side // 2, y + side // 2 + 1) if (i, j) in place}
        hit = {place[module] for module in modules if place[module] < len(order)}
        by_block = [0] * len(sizes)
        for codeword in hit:
            by_block[order[codeword]] += 1
        if any(count > PROMISED * size_ for count, size_ in zip(by_block, sizes)):
            break
        kept = modules
    return kept


def scan(image, tmp_path):
    path = tmp_path / "scan.png"
    image.save(path)
    done = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path],
                          capture_output=True, check=False)
    return done.stdout.decode().strip()


def printed(pdf, tmp_path):
    """The page with the code as a scanner sees it, and the place of the code in it."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    box = re.search(rb"/BBox \[ ?([0-9. ]+?) ?\]", pdf)
    left, _bottom, right, top = (float(part) for part in box[1].split())
    text = run("pdftotext", "-raw", path, "-").decode().split("\f")
    page = next(at for at, said in enumerate(text, 1) if re.search(r"^\w{4}(-\w{4}){3}-\w$", said, re.M))
    run("pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", "-gray", "-png",
        path, tmp_path / "page")
    scale = DPI / 72
    with Image.open(tmp_path / "page.png") as image:
        return image.convert("L"), (left * scale, (PAGE_HEIGHT - top) * scale, (right - left) * scale)


def blurred(image, by=BLUR):
    """As by a lens that is out of focus. A blur spends of what mends damage, too."""
    return image.filter(ImageFilter.GaussianBlur(by / 25.4 * DPI))


def damaged(image, place, version, random_):
    left, top, side = place
    module = side / (17 + 4 * version)
    hurt = image.copy()
    draw = ImageDraw.Draw(hurt)
    colour = random_.choice((0, 255))
    for x, y in blot(version, random_):
        draw.rectangle((left + x * module, top + y * module, left + (x + 1) * module - 1,
                        top + (y + 1) * module - 1), fill=colour)
    return hurt


def test_every_printed_code_is_read(papers, tmp_path):
    world, made = papers
    random_ = random.Random(7)
    versions, seen = set(), []
    for person, number in made:
        qr = world.clerk.certificate.get(person, number).qr
        image, place = printed(world.clerk.certificate.file(person, number, "pdf").content, tmp_path)
        modules = round(place[2] / (0.5 / 25.4 * DPI))
        version = (modules - 17) // 4
        versions.add(version)
        assert version <= 14 and place[2] / DPI * 25.4 / modules >= 0.4
        assert scan(image, tmp_path) == qr
        hurt = damaged(image, place, version, random_)
        seen.append([scan(hurt, tmp_path) == qr, scan(blurred(image), tmp_path) == qr,
                     scan(blurred(hurt, BLUR / 2), tmp_path) == qr])
    assert max(versions) == 14
    assert all(map(all, seen)), seen


def test_the_blot_is_as_large_as_was_promised():
    random_ = random.Random(1)
    for version, (correction, *groups) in BLOCKS.items():
        order, sizes = blocks_of(version)
        assert len(order) == sum(sizes) <= max(codewords_of(version).values()) + 1
        assert sum(sizes) == {7: 196, 8: 242, 9: 292, 10: 346, 11: 404, 12: 466, 13: 532,
                              14: 581}[version]
        assert all(PROMISED * size <= correction / 2 for size in sizes)
        assert len(blot(version, random_)) > 20
