#!/usr/bin/env python3
"""Adds up test results from JUnit XML and TAP files.

    count_results.py RESULTS            the closing line over all parts; exits with 1 on a failure
    count_results.py PART --ended-with STATUS --spent TEXT
                                        one part's line; an end in failure of which no result tells,
                                        or without any result, becomes a failure of its own
"""

import argparse
import re
import sys
import xml.etree.ElementTree as xml
from collections import Counter
from pathlib import Path


def count_junit(path):
    counts = Counter()
    for case in xml.parse(path).iter("testcase"):
        outcome = "passed"
        for child in case:
            if child.tag in ("failure", "error"):
                outcome = "failed"
            elif child.tag == "skipped" and outcome == "passed":
                outcome = "skipped"
        counts[outcome] += 1
    return counts


def count_tap(path):
    counts, planned = Counter(), None
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if plan := re.match(r"1\.\.(\d+)", line):
            planned = int(plan[1])
        elif result := re.match(r"(not )?ok\b(.*)", line):
            is_skipped = re.search(r"#\s*skip", result[2], re.IGNORECASE)
            counts["skipped" if is_skipped else "failed" if result[1] else "passed"] += 1
    if planned != counts.total():
        counts["failed"] += 1
    return counts


def count_folder(folder):
    counts = Counter()
    for path in sorted(folder.rglob("*.xml")):
        counts += count_junit(path)
    for path in sorted(folder.rglob("*.tap")):
        counts += count_tap(path)
    return counts


def name_suites(folder):
    """What each program of a part has passed, where there is more than one."""
    suites = Counter()
    for path in folder.rglob("*.xml"):
        for suite in xml.parse(path).iter("testsuite"):
            cases = [case for case in suite.iter("testcase") if not list(case)]
            suites[suite.get("name").split(" / ")[-1].split(".")[-1]] += len(cases)
    return ", ".join(f"{name} {count}" for name, count in suites.items())


def note_end(folder, status, counts):
    if not counts["failed"] and (status or not counts.total()):
        text = f"1..1\nnot ok 1 - {folder.name} ended with status {status}\n"
        (folder / "end.tap").write_text(text, encoding="utf-8")
        counts["failed"] += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ended-with", type=int, metavar="STATUS")
    parser.add_argument("--spent", metavar="TEXT")
    parser.add_argument("--name-suites", action="store_true")
    arguments = parser.parse_args()
    counts = count_folder(arguments.folder)
    outcomes = ("passed", "failed", "skipped")
    if arguments.ended_with is None:
        if not counts.total():
            counts["failed"] += 1
        print(", ".join(f"{counts[outcome]} {outcome}" for outcome in outcomes))
    else:
        note_end(arguments.folder, arguments.ended_with, counts)
        figures = ", ".join(f"{outcome} {counts[outcome]}" for outcome in outcomes)
        print(f"{arguments.folder.name}: {figures}, {arguments.spent}", flush=True)
        if arguments.name_suites:
            print(f"  of these {name_suites(arguments.folder)}", flush=True)
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
