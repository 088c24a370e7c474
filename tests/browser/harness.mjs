// What the tests of every subject use: a portal as its start command serves it, people who are signed
// in to it in Debian's Chromium, and a look at a page, which axe checks and of which a picture is kept.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = join(process.env.EDU_BUILD ?? root, "screenshots");
export const scratch = mkdtempSync(join(tmpdir(), "libedu-browser-"));
mkdirSync(pictures, { recursive: true });

export const tests = [];
export function test(name, body) {
  tests.push({ name, body });
}

export function equal(seen, wanted, what) {
  if (seen !== wanted) throw new Error(`${what}: saw ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`);
}

// A click returns when the next page begins to arrive: what it shows is waited for.
export async function shows(locator, wanted, what) {
  let seen = await locator.count();
  for (let tenth = 0; seen !== wanted && tenth < 100; tenth += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    seen = await locator.count();
  }
  equal(seen, wanted, what);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

// ---- the portal ----

const port = await freePort();
export const home = `http://127.0.0.1:${port}`;
export const portal = spawn(join(root, "examples/portal/start"), {
  env: { ...process.env, PORT: String(port), PORTAL_DATA: join(scratch, "portal") },
  stdio: ["ignore", "pipe", "inherit"],
});
let printed = "";
portal.stdout.on("data", (data) => { printed += data; });

export async function waitForPortal() {
  for (let second = 0; second < 240; second += 1) {
    if (portal.exitCode !== null) throw new Error(`the portal ended:\n${printed}`);
    const answer = await fetch(`${home}/health/ready`).catch(() => null);
    if (answer?.status === 200 && /^steward\s/m.test(printed)) return;
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
  throw new Error(`the portal does not answer:\n${printed}`);
}

export function passwordOf(login) {
  const found = printed.match(new RegExp(`^\\s*${login.replace(".", "\\.")}\\s+(\\S+)`, "m"));
  if (!found) throw new Error(`no account ${login} was printed`);
  return found[1];
}

// A portal without anything in it but one person, who is administrator and clerk; give its end.
export async function emptyPortal(login, password) {
  const folder = mkdtempSync(join(scratch, "empty-"));
  const build = process.env.EDU_BUILD ?? join(root, "build-portal");
  const env = { ...process.env, EDU_VAR: folder, EDU_STORE: `sqlite:${folder}/portal.db`, EDU_KEYS: `${folder}/portal.db.keys`,
    EDU_HOST: "localhost", EDU_LANGUAGE: "az", EDU_SECOND_FACTOR: "0", PYTHONPATH: `${build}/bindings/python` };
  const edu = (words, input) => execFileSync(join(build, "examples/cli/edu"), words, { env, input });
  const people = join(folder, "persons.csv");
  writeFileSync(people, "number,given,family,birth\nAAA1111,İlham,Əliyev,1980-02-03\n");
  edu(["init"]);
  edu(["import", "persons", people]);
  const who = ["account", "--number", "AAA1111", "--birth", "1980-02-03"];
  edu([...who, "--login", login, "--role", "admin"], `${password}\n`);
  edu([...who, "--role", "clerk"]);
  const at = await freePort();
  const server = spawn("/usr/bin/python3", ["-m", "gunicorn", "--chdir", join(root, "examples/portal"), "--bind",
    `127.0.0.1:${at}`, "--worker-class", "gthread", "--threads", "4", "--log-level", "warning", "portal:create_app()"],
  { env, stdio: ["ignore", "ignore", "inherit"] });
  const address = `http://127.0.0.1:${at}`;
  for (let tenth = 0; tenth < 600; tenth += 1) {
    if ((await fetch(`${address}/healthz`).catch(() => null))?.status === 200) break;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return { address, end: async () => { server.kill("SIGTERM"); if (server.exitCode === null) await once(server, "exit"); } };
}

// ---- pages ----

export const launch = (...more) => chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
});
export const browser = await launch();

export const desk = { width: 1280, height: 900 };
export const telephone = { width: 360, height: 740 };

export async function person(login, options) {
  const context = await browser.newContext({ locale: "az", ...options });
  const page = await context.newPage();
  if (login) {
    await page.goto(`${home}/sign-in`);
    await page.fill("#login", login);
    await page.fill("#password", passwordOf(login));
    await page.click("main button");
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  }
  return page;
}

// Of the pages on which one applies: what was typed is kept, and the next thing shown; the answers sent.
export const goOn = (page) => page.getByRole("button", { name: "Yadda saxla və davam et" }).click();
export const check = (page) => page.getByRole("heading", { name: "Cavablarınızı yoxlayın" }).waitFor();
export const send = (page) => page.getByRole("button", { name: "Müraciəti göndər" }).click();

// Without a script in the page axe cannot run there: such pages are checked for width alone.
export async function look(page, name, scripted = true) {
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  if (!scripted) return;
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) throw new Error(`${name} is ${wider} px wider than the window`);
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  }));
  if (violations.length) {
    const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`);
    throw new Error(`${name}: ${told.join("\n")}`);
  }
}

export async function lookAtBoth(page, name) {
  for (const [size, viewport] of Object.entries({ telephone, desk })) {
    await page.setViewportSize(viewport);
    await look(page, `${name}-${size}`);
  }
}

export const soon = (days) => {
  const when = new Date(Date.now() + days * 86400000 + 4 * 3600000);
  return when.toISOString().slice(0, 16);
};
