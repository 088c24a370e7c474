// Visits every page of the portal, as each who may see it, and looks at it: what axe finds, its width,
// its language, its title and heading, what Tab reaches, what the browser's console says. The pictures
// become a folder to leaf through.
//
// In the short form each route is visited once; who comes, language, width, colours and scripts change
// from page to page and, by EDU_TURN, from run to run. In the long form each is visited in all languages and
// widths, with scripts and without, by turns light and dark, and by all who may.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { axe, browser, desk, home, nightly, partial, root, storageOf, telephone, test, turn, visited, withAxe } from "../harness.mjs";
import { bind } from "./book.mjs";
import { faults, survey } from "./checks.mjs";
import { crawl, routeOf, routes } from "./crawl.mjs";

// Whom the demonstration has. The steward is the registers', the registrar a university's.
const roles = { nobody: null, parent: "parent", pupil: "pupil", clerk: "clerk", clerk2: "clerk2", school: "school",
  juror: "executor2", chancellery: "executor", head: "head", finance: "finance", steward: "steward",
  registrar: "registrar", admin: "admin" };

const folder = join(process.env.EDU_BUILD ?? root, "atlas");

const languages = ["az", "ru", "en"];
const views = [];
for (const scripted of [true, false])
  for (const dark of [false, true])
    for (const width of ["telephone", "desk"])
      for (const language of languages) views.push({ language, width, dark, scripted });

const viewName = ({ language, width, dark, scripted }) =>
  [language, width, dark ? "dark" : "light", ...(scripted ? [] : ["unscripted"])].join("-");

const found = new Map();   // the pages of each role
const crawls = new Map();
const read = languages[turn % languages.length];   // in which they were found

// A window of a role in one language, which changes from view to view: a new one takes longer than most pages.
async function windowOf(role, language) {
  const context = await withAxe(await browser.newContext({ locale: language, storageState: await storageOf(roles[role]) }));
  context.setDefaultTimeout(60000);
  const tab = await context.newPage();
  let told;
  let isScripted = true;
  tab.on("console", (message) => {
    if (message.type() === "error" && (isScripted || !message.text().includes("ERR_FAILED")))
      told.push(`the console: ${message.text()} ${message.location().url}`);
  });
  tab.on("pageerror", (error) => told.push(`a script: ${error.message}`));
  // Without its scripts; those of the checks run.
  const withScripts = async (scripted) => {
    if (scripted !== isScripted) await (scripted ? tab.unroute(/\.js$/) : tab.route(/\.js$/, (route) => route.abort()));
    isScripted = scripted;
  };
  return {
    tab,
    close: () => context.close(),
    // Shows a page in a view; what goes wrong in it from now on is told to `wrong`. A page that is there
    // already takes another width and other colours as it does in the hand.
    async show({ href }, { width, dark, scripted }, wrong) {
      const isThere = tab.url() === href && scripted === isScripted;
      await withScripts(scripted);
      await tab.setViewportSize(width === "desk" ? desk : telephone);
      await tab.emulateMedia({ colorScheme: dark ? "dark" : "light" });
      told = wrong;
      if (isThere) return;
      const answer = await tab.goto(href);
      if (answer.status() !== 200) wrong.push(`answers ${answer.status()}`);
    },
  };
}

async function visit(window, role, page, view) {
  const picture = `${role}/${page.endpoint}-${viewName(view)}.jpeg`;
  const one = { role, endpoint: page.endpoint, rule: routeOf(page.path).rule, path: page.path, view, picture, wrong: [] };
  try {
    await window.show(page, view, one.wrong);
    await window.tab.screenshot({ path: join(folder, picture), fullPage: true, type: "jpeg", quality: 70 });
    const seen = await window.tab.evaluate(survey);
    Object.assign(one, { title: seen.title, head: seen.heads[0] });
    one.wrong.push(...faults(page.endpoint, view.language, seen), ...await axe(window.tab));
  } catch (error) {
    one.wrong.push(`cannot be looked at: ${error.message}`);
  }
  return one;
}

const shown = [];

// The languages at once, as the portal and the browser are two processes.
async function visitAll(role, jobs) {
  await Promise.all(languages.map(async (language) => {
    const own = jobs.filter(([, view]) => view.language === language);
    if (!own.length) return;
    const window = await windowOf(role, language);
    try {
      for (const job of own) shown.push(await visit(window, role, ...job));
    } finally {
      await window.close();
    }
  }));
}

function complain(lines) {
  if (lines.length) throw new Error([...new Set(lines)].join("\n"));
}

// What pages load by themselves, what programs ask for, and the file of a season that is marked blind,
// which the demonstration has none of.
const unlinked = ({ rule, endpoint }) => ["static", "public.assets", "marking.codes"].includes(endpoint)
  || /^\/(api\/.*[^/]|metrics|status\/.*)$/.test(rule);

const behindForms = ["/bank/pay", "/V/<number>", "/staff/sittings/<sitting>/progress", "/staff/sittings/<sitting>/shortages/places",
  "/cabinet/requests/<person>/<application>/correct", "/cabinet/requests/<person>/<application>/correct/<part>",
  "/staff/registers/<person>/<record>",
  "/staff/references/<person>/<application>", "/cabinet/appeals/<person>/<appeal>/receipt",
  "/cabinet/appeals/<person>/<appeal>/file/<int:sequence>", "/staff/appeals/<person>/<appeal>/file/<int:sequence>",
  "/staff/appeals/<person>/<appeal>/receipt"];

const isPage = (page) => page.status === 200 && page.type === "text/html";

test("atlas: links lead to every route of the portal, and nowhere else", async () => {
  rmSync(folder, { recursive: true, force: true });
  const missing = new Set(routes.filter((route) => !unlinked(route)).map(({ rule }) => rule));
  // Behind a form: a way has been there and looked. Where only some ways are run, these are not asked for.
  for (const path of visited) missing.delete(routeOf(path)?.rule);
  if (partial) for (const rule of behindForms) missing.delete(rule);
  let known = new Set();
  for (const role of Object.keys(roles)) {
    const { cookies } = await storageOf(roles[role]) ?? { cookies: [] };
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    crawls.set(role, crawl({ cookie, language: read }, home, { missing, known }));
    await crawls.get(role).once();
    // Open pages are the same for whoever signed in, but for a clerk some have a link more.
    if (role === "clerk") known = new Set(crawls.get("nobody").pages().filter(isPage).map(({ kind }) => kind));
  }
  for (const [role, one] of crawls) {
    await one.further();
    found.set(role, one.pages());
  }
  const all = [...found.values()].flat();
  complain([
    ...[...missing].map((rule) => `nobody comes to ${rule}`),
    ...all.filter((page) => page.status === 404 && page.from !== `${home}/`)
      .map((page) => `404 at ${page.path}, to which ${page.from} leads`),
    ...all.filter((page) => page.status === 403 || page.status >= 500).map((page) => `${page.status} at ${page.path}`),
  ]);
});

// One page of each route that anybody was shown, asked for by those who were not led there.
test("atlas: what somebody may not see is not there for them", async () => {
  const pages = new Map();
  for (const page of [...found.values()].flat()) if (page.status === 200) pages.set(page.endpoint, page);
  const asked = [...crawls].flatMap(([role, one]) => [...pages.values()].filter((page) => !one.has(page.href))
    .map((page) => ({ role, one, page }))).filter((_, at) => nightly || at % 3 === turn % 3);
  const wrong = [];
  const lane = async () => {
    for (let next = asked.pop(); next; next = asked.pop()) {
      const status = await next.one.answer(next.page.href);
      if (status === 403 || status >= 500) wrong.push(`${status} for ${next.role} at ${next.page.path} (${next.page.endpoint})`);
    }
  };
  await Promise.all([lane(), lane(), lane()]);
  complain(wrong);
});

// One of the two colours in each language and width, with scripts and without: neighbours differ.
const alternating = (at) => views.filter(({ language, width, dark, scripted }) =>
  (languages.indexOf(language) + Number(width === "desk") + Number(scripted) + Number(dark) + at) % 2 === 0);

// Who visits a page, in which view. In the short form one of those who see it, another in each turn, in
// one view; in the long form that one in twelve, and the others in one.
function visits() {
  const seen = new Map();
  for (const [role, pages] of found)
    for (const page of pages.filter(isPage)) {
      if (!seen.has(page.endpoint)) seen.set(page.endpoint, []);
      if (!seen.get(page.endpoint).some((one) => one.role === role)) seen.get(page.endpoint).push({ role, page });
    }
  const view = (at) => views[(at * 7 + turn) % views.length];
  return [...seen.values()].flatMap((candidates, at) => {
    const [first, ...others] = candidates.map((_, n) => candidates[(at + turn + n) % candidates.length]);
    if (!nightly) return [{ ...first, view: view(at) }];
    return [...alternating(at).map((one) => ({ ...first, view: one })), ...others.map((one, n) => ({ ...one, view: view(at + n) }))];
  });
}

for (const role of Object.keys(roles))
  test(`atlas: the pages that ${role} sees`, async () => {
    mkdirSync(join(folder, role), { recursive: true });
    await visitAll(role, visits().filter((one) => one.role === role).map(({ page, view }) => [page, view]));
    complain(shown.filter((one) => one.role === role)
      .flatMap((one) => one.wrong.map((fault) => `${one.path} (${one.endpoint}, ${viewName(one.view)}): ${fault}`)));
  });

test("atlas: no two pages have one title", async () => {
  const titles = new Map();
  const told = (language, { title, endpoint }) => {
    const of = `${language} ${title}`;
    if (!titles.has(of)) titles.set(of, new Set());
    titles.get(of).add(endpoint);
  };
  for (const one of shown) told(one.view.language, one);
  for (const page of [...found.values()].flat().filter(isPage)) told(read, page);
  complain([...titles].filter(([, endpoints]) => endpoints.size > 1)
    .map(([title, endpoints]) => `${title}: ${[...endpoints].join(", ")}`));
});

test("atlas: its pictures are bound", async () => {
  console.log(`# ${bind(folder, shown)}, turn ${turn}`);
});
