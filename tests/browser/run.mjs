// The ways of pupils, parents and clerks through the portal. Each file in subjects/ adds its tests.
// Prints TAP.
//
//     node run.mjs [PATTERN]      only the tests whose names match
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { browser, equal, home, portal, scratch, tests, waitForPortal } from "./harness.mjs";

const only = new RegExp(process.argv[2] ?? "");
let count = 0;
let failed = 0;

async function run({ name, body }) {
  if (!only.test(name)) return;
  count += 1;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${count} - ${name}`);
    console.log(String(error.stack ?? error).split("\n").map((line) => `# ${line}`).join("\n"));
  }
}

const here = new URL("subjects/", import.meta.url);
for (const file of readdirSync(here).sort()) await import(new URL(file, here));
try {
  await waitForPortal();
  for (const each of tests) await run(each);
} finally {
  await browser.close();
  portal.kill("SIGTERM");
  if (portal.exitCode === null) await once(portal, "exit");
  rmSync(scratch, { recursive: true, force: true });
}
await run({ name: "TERM ends the portal and its children", body: async () => {
  equal(portal.exitCode, 0, "exit status");
  equal(await fetch(`${home}/health/ready`).catch(() => null), null, "answer afterwards");
} });
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
