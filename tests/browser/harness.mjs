// What the tests of every subject use: a portal as its start command serves it, people who are signed
// in to it in Debian's Chromium, and a look at a page, which axe checks and of which a picture is kept.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AsyncLocalStorage } from "node:async_hooks";
import { chromium } from "playwright-core";
import { behave, mannerName, mannerOf, mannerOfPage, teach } from "./manner.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = join(process.env.EDU_BUILD ?? root, "screenshots");

// In memory where there is room: what a disk takes is not looked at here.
function roomIn(folder) {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
const memory = "/dev/shm";
export const scratch = mkdtempSync(join(roomIn(memory) > 2 ** 31 ? memory : tmpdir(), "libedu-browser-"));
mkdirSync(pictures, { recursive: true });

// The tests of a subject run in their order, beside those of another.
export const tests = [];
export function test(name, body) {
  tests.push({ name, body });
}

// Said by a subject whose people go in every manner; those of the others read Azerbaijani, with a pointer.
let isEvery = false;
export const inEveryManner = () => { isEvery = true; };
export const subjectOf = () => {
  const subject = { tests: tests.splice(0), isEvery, came: [] };
  isEvery = false;
  return subject;
};

export const nightly = process.env.EDU_NIGHTLY === "1";
export const partial = process.argv.length > 2;

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

// EDU_DEMONSTRATION is a folder that a portal's start has filled: a copy of it is served, and none made.
if (process.env.EDU_DEMONSTRATION) cpSync(process.env.EDU_DEMONSTRATION, join(scratch, "portal"), { recursive: true });
const port = await freePort();
export const home = `http://127.0.0.1:${port}`;
export const portal = spawn(join(root, "examples/portal/start"), {
  env: { EDU_HOST: "portal.test", ...process.env, PORT: String(port), PORTAL_DATA: join(scratch, "portal") },
  stdio: ["ignore", "pipe", "inherit"],
});
let printed = "";
portal.stdout.on("data", (data) => { printed += data; });

export async function waitForPortal() {
  for (let second = 0; second < 600; second += 1) {
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

const build = process.env.EDU_BUILD ?? join(root, "build-portal");

// What programs are told of a portal in a folder.
const toldOf = (folder) => ({ ...process.env, EDU_VAR: folder, EDU_STORE: `sqlite:${folder}/portal.db`,
  EDU_KEYS: `${folder}/portal.db.keys`, EDU_HOST: "localhost", EDU_LANGUAGE: "az", EDU_SECOND_FACTOR: "0",
  PYTHONPATH: `${build}/bindings/python` });

export const edu = (folder, words, input) =>
  execFileSync(join(build, "examples/cli/edu"), words, { env: toldOf(folder), input });

// A portal without anything in it but one person, who is administrator and clerk; give its end.
export async function emptyPortal(login, password) {
  const folder = mkdtempSync(join(scratch, "empty-"));
  const people = join(folder, "persons.csv");
  writeFileSync(people, "number,given,family,birth\nAAA1111,İlham,Əliyev,1980-02-03\n");
  edu(folder, ["init"]);
  edu(folder, ["import", "persons", people]);
  const who = ["account", "--number", "AAA1111", "--birth", "1980-02-03"];
  edu(folder, [...who, "--login", login, "--role", "admin"], `${password}\n`);
  edu(folder, [...who, "--role", "clerk"]);
  const at = await freePort();
  const server = spawn("/usr/bin/python3", ["-m", "gunicorn", "--chdir", join(root, "examples/portal"), "--bind",
    `127.0.0.1:${at}`, "--worker-class", "gthread", "--threads", "4", "--log-level", "warning", "portal:create_app()"],
  { env: toldOf(folder), stdio: ["ignore", "ignore", "inherit"] });
  const address = `http://127.0.0.1:${at}`;
  for (let tenth = 0; tenth < 600; tenth += 1) {
    if ((await fetch(`${address}/healthz`).catch(() => null))?.status === 200) break;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return { address, end: async () => { server.kill("SIGTERM"); if (server.exitCode === null) await once(server, "exit"); } };
}

// ---- pages ----

export const launch = (...more) => chromium.launch({
  executablePath: "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
});
export const browser = await launch();

export const desk = { width: 1280, height: 900 };
export const telephone = { width: 360, height: 740 };

// A browser's storage of who has signed in: by the form once, then everybody who is the same person
// comes with the cookies of that; by itself, for whoever signs out.
const storages = new Map();
async function signIn(login) {
  const context = await browser.newContext({ locale: "az" });
  context.setDefaultTimeout(60000);
  const page = await context.newPage();
  await page.goto(`${home}/sign-in`);
  await page.fill("#login", login);
  await page.fill("#password", passwordOf(login));
  await page.click("main button");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  const storage = await context.storageState();
  await context.close();
  return storage;
}
export function storageOf(login) {
  if (!login) return undefined;
  // A sign-in that failed is not kept for the next who comes.
  const forget = (error) => { storages.delete(login); throw error; };
  if (!storages.has(login)) storages.set(login, signIn(login).catch(forget));
  return storages.get(login);
}

// Of the pages on which one applies: what was typed is kept, and the next thing shown; the answers sent.
export const goOn = (page) => page.getByRole("button", { name: "Yadda saxla və davam et", exact: true }).click();
export const check = (page) => page.getByRole("heading", { name: "Cavablarınızı yoxlayın" }).waitFor();
export const send = (page) => page.getByRole("button", { name: "Müraciəti göndər" }).click();

// Paths of the documents that people were shown.
export const visited = new Set();

// In 24 turns everybody has gone every way in every manner.
export const turn = Number(process.env.EDU_TURN ?? 1);
export const going = new AsyncLocalStorage();   // the subject whose tests run
let isTaught = false;

// Somebody with a browser of their own. The manner of the next person of this subject holds where the
// test does not say another: locale, javaScriptEnabled, or what it `needs`: "script", "pointer".
export async function person(login, { apart, needs = "", ...options } = {}) {
  const subject = going.getStore();
  const plain = { language: "az", scripted: true, keyboard: false, width: options.viewport === desk ? "desk" : "telephone" };
  const manner = subject.isEvery ? mannerOf(turn + subject.people++) : plain;
  if (options.locale) manner.language = options.locale;
  if (needs.includes("script")) manner.scripted = true;
  if ("javaScriptEnabled" in options) manner.scripted = options.javaScriptEnabled;
  if (needs.includes("pointer")) manner.keyboard = false;
  const context = await withAxe(await browser.newContext({ ...options, locale: manner.language,
    viewport: manner.width === "desk" ? desk : telephone, javaScriptEnabled: manner.scripted,
    storageState: await (apart ? signIn(login) : storageOf(login)) }));
  context.setDefaultTimeout(60000);
  context.on("response", (response) => {
    const { origin, pathname } = new URL(response.url());
    if (origin === home && response.status() < 400) visited.add(pathname);
  });
  // Each window that one opens.
  context.on("page", (page) => behave(page, manner));
  const page = await context.newPage();
  if (!isTaught) teach(page, root);
  isTaught = true;
  subject.came.push({ name: `${login ?? "nobody"}: ${mannerName(manner)}`, page });
  return page;
}

// Half a megabyte: each window takes it once, and a page reads it when it is looked at.
export async function withAxe(context) {
  await context.addInitScript(`window.bringAxe = () => { ${axeSource} };`);
  return context;
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function axe(page, runOnly = tags) {
  const violations = await page.evaluate(async (asked) => {
    if (!window.axe) window.bringAxe();
    return (await window.axe.run(document, { runOnly: asked, resultTypes: ["violations"] })).violations;
  }, runOnly);
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`);
}

// Without a script in the page axe cannot run there: such pages are looked at in their width alone. In one of
// all turns, who goes by the keyboard is at a page that who points is at in another. Pictures are kept of the
// long form.
const isOneOfAll = process.env.EDU_TURN !== undefined && !nightly;
export async function look(page, name, scripted = true) {
  const { language, scripted: runs, keyboard } = mannerOfPage(page);
  await page.waitForLoadState();
  await page.locator("body").waitFor();
  if (nightly) await page.screenshot({ path: join(pictures, `${name}-${language}.png`), fullPage: true });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth
    && [...document.querySelectorAll("body :not(.nar-scroll *)")].filter((one) => one.getBoundingClientRect().right > window.innerWidth)
      .map((one) => one.outerHTML.slice(0, 120)).slice(-3));
  if (wider) throw new Error(`${name} is wider than the window: ${wider.join("\n")}`);
  if (!scripted || !runs || (isOneOfAll && keyboard)) return;
  const violations = await axe(page);
  if (violations.length) throw new Error(`${name}: ${violations.join("\n")}`);
}

// What axe finds hangs little on the width: in the short form it looks at the narrow page. Who looks goes on
// at the width of before.
export async function lookAtBoth(page, name) {
  const own = page.viewportSize();
  await page.setViewportSize(telephone);
  await look(page, `${name}-telephone`);
  await page.setViewportSize(desk);
  await look(page, `${name}-desk`, nightly);
  await page.setViewportSize(own);
}

export const soon = (days) => {
  const when = new Date(Date.now() + days * 86400000 + 4 * 3600000);
  return when.toISOString().slice(0, 16);
};
