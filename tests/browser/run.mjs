// The ways of pupils, parents and clerks through the portal, and then a visit to each of its pages.
// Each file in subjects/ adds its tests. Prints TAP.
//
//     node run.mjs [PATTERN]      only the tests whose names match
//
// EDU_TURN=N, from 0 to 23, says in which manner people go (manner.mjs) and in which view a page is
// visited. EDU_NIGHTLY=1 is the long form: every way in every manner, each page in every view; with a turn or
// a pattern it is that alone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, edu, equal, going, home, nightly, partial, portal, scratch, subjectOf, tests, turn, waitForPortal } from "./harness.mjs";

const only = new RegExp(process.argv[2] ?? "");
let count = 0;
let failed = 0;

// What a script in a page never answers has no end of its own.
const within = (minutes, work) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`not through after ${minutes} minutes`)), minutes * 60000);
  work.finally(() => clearTimeout(timer)).then(resolve, reject);
});

// Who came, how, and where they are when something fails.
async function standing({ name, page }) {
  if (page.isClosed()) return name;
  const heading = await page.locator("h1").first().textContent({ timeout: 2000 }).catch(() => "no heading");
  return `${name}, at ${page.url()}: ${heading.trim()}`;
}

async function run({ name, body }) {
  if (!only.test(name)) return;
  const subject = going.getStore();
  let error = null;
  const work = Promise.resolve().then(body);
  await (subject ? within(5, work) : work).catch((thrown) => { error = thrown; });
  count += 1;
  if (error) failed += 1;
  console.log(`${error ? "not ok" : "ok"} ${count} - ${name}`);
  const came = subject?.came.splice(0) ?? [];
  if (error) {
    const told = await Promise.all(came.map(standing));
    console.log([`turn ${turn}`, ...told, error.stack ?? error].join("\n").replace(/^/gm, "# "));
  }
  for (const { page } of came) await page.context().close();
}

const here = new URL("subjects/", import.meta.url);
const subjects = [];
for (const file of readdirSync(here).sort()) {
  await import(new URL(file, here));
  subjects.push({ ...subjectOf(), people: subjects.length * 5 });
}
await import("./atlas/atlas.mjs");

// Two subjects go side by side, in one portal; the longest begin first.
async function lane() {
  while (subjects.length) {
    const subject = subjects.shift();
    await going.run(subject, async () => { for (const each of subject.tests) await run(each); });
  }
}

async function endPortal() {
  portal.kill("SIGTERM");
  if (portal.exitCode === null) await once(portal, "exit");
}

// All manners in turn, each in a portal of its own, which begins with a copy of this one's folder. Turn 1
// comes last, with the atlas.
async function everyTurn() {
  const folder = join(scratch, "portal");
  await browser.close();
  await endPortal();
  edu(folder, ["deliver"]);
  rmSync(join(folder, "portal.db.outbox"), { recursive: true, force: true });
  for (const other of [...Array(24).keys()].sort((a, b) => (a === 1) - (b === 1))) {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...(other === 1 ? [] : ["^(?!atlas|TERM)"])],
      { env: { ...process.env, EDU_NIGHTLY: other === 1 ? "1" : "0", EDU_TURN: String(other),
        EDU_DEMONSTRATION: folder }, stdio: ["ignore", "pipe", "inherit"] });
    let isThrough = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const [, outcome, name] = /^(ok|not ok) \d+ - (.*)$/.exec(line) ?? [];
      if (outcome) console.log(`${outcome} ${count += 1} - ${name}, turn ${other}`);
      else if (line.startsWith("#")) console.log(line);
      if (outcome === "not ok") failed += 1;
      if (line.startsWith("1..")) isThrough = true;
    }
    console.log(`${isThrough ? "ok" : "not ok"} ${count += 1} - turn ${other} comes to its end`);
    if (!isThrough) failed += 1;
  }
}

async function thisTurn() {
  subjects.sort((a, b) => b.tests.length - a.tests.length);
  await Promise.all([lane(), lane()]);
  for (const each of tests) await run(each);
  await browser.close();
  await endPortal();
  await run({ name: "TERM ends the portal and its children", body: async () => {
    equal(portal.exitCode, 0, "exit status");
    equal(await fetch(`${home}/health/ready`).catch(() => null), null, "answer afterwards");
  } });
}

try {
  await waitForPortal();
  await (nightly && !partial && !process.env.EDU_TURN ? everyTurn() : thisTurn());
} finally {
  await browser.close();
  await endPortal();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
