// The ways of pupils, parents and clerks through the portal, and then a visit to each of its pages.
// Each file in subjects/ adds its tests. Prints TAP.
//
//     node run.mjs [PATTERN]      only the tests whose names match
//
// EDU_TURN=N, from 0 to 23, says in which manner people go (manner.mjs) and in which view a page is
// visited. EDU_NIGHTLY=1 is the long form: every way in every manner, each page in every view.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { browser, equal, going, home, nightly, partial, portal, scratch, subjectOf, tests, turn, waitForPortal } from "./harness.mjs";

const only = new RegExp(process.argv[2] ?? "");
let count = 0;
let failed = 0;

// What a script in a page never answers has no end of its own.
const within = (minutes, work) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`not through after ${minutes} minutes`)), minutes * 60000);
  work.finally(() => clearTimeout(timer)).then(resolve, reject);
});

async function run({ name, body }) {
  if (!only.test(name)) return;
  const told = going.getStore()?.told ?? [];
  told.length = 0;
  let error = null;
  const work = Promise.resolve().then(body);
  await (going.getStore() ? within(5, work) : work).catch((thrown) => { error = thrown; });
  count += 1;
  if (error) failed += 1;
  console.log(`${error ? "not ok" : "ok"} ${count} - ${name}`);
  if (error) console.log([`turn ${turn}`, ...told, error.stack ?? error].join("\n").replace(/^/gm, "# "));
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

// All manners in turn, each in a portal of its own.
async function everyTurn() {
  for (let other = 0; other < 24; other += 1) {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "^(?!atlas|TERM)"],
      { env: { ...process.env, EDU_NIGHTLY: "0", EDU_TURN: String(other) }, stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, outcome, name] = /^(ok|not ok) \d+ - (.*)$/.exec(line) ?? [];
      if (outcome) console.log(`${outcome} ${count += 1} - ${name}, turn ${other}`);
      else if (line.startsWith("#")) console.log(line);
      if (outcome === "not ok") failed += 1;
    }
  }
}

try {
  if (nightly && !partial) await everyTurn();
  await waitForPortal();
  subjects.sort((a, b) => b.tests.length - a.tests.length);
  await Promise.all([lane(), lane()]);
  for (const each of tests) await run(each);
} finally {
  await browser.close();
  portal.kill("SIGTERM");
  if (portal.exitCode === null) await once(portal, "exit");
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
await run({ name: "TERM ends the portal and its children", body: async () => {
  equal(portal.exitCode, 0, "exit status");
  equal(await fetch(`${home}/health/ready`).catch(() => null), null, "answer afterwards");
} });
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
