// The pupil's way and the clerk's, in Debian's Chromium, against the portal as its start command
// serves it. Every page is checked by axe, and a picture of it kept. Prints TAP.
//
//     node run.mjs [PATTERN]      only the tests whose names match
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = join(process.env.EDU_BUILD ?? root, "screenshots");
const scratch = mkdtempSync(join(tmpdir(), "libedu-browser-"));
mkdirSync(pictures, { recursive: true });

const only = new RegExp(process.argv[2] ?? "");
let count = 0;
let failed = 0;
async function test(name, body) {
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

function equal(seen, wanted, what) {
  if (seen !== wanted) throw new Error(`${what}: saw ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`);
}

// A click returns when the next page begins to arrive: what it shows is waited for.
async function shows(locator, wanted, what) {
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
const home = `http://127.0.0.1:${port}`;
const portal = spawn(join(root, "examples/portal/start"), {
  env: { ...process.env, PORT: String(port), PORTAL_DATA: join(scratch, "portal") },
  stdio: ["ignore", "pipe", "inherit"],
});
let printed = "";
portal.stdout.on("data", (data) => { printed += data; });

async function waitForPortal() {
  for (let second = 0; second < 240; second += 1) {
    if (portal.exitCode !== null) throw new Error(`the portal ended:\n${printed}`);
    const answer = await fetch(`${home}/healthz`).catch(() => null);
    if (answer?.status === 200 && /^steward\s/m.test(printed)) return;
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
  throw new Error(`the portal does not answer:\n${printed}`);
}

function passwordOf(login) {
  const found = printed.match(new RegExp(`^\\s*${login.replace(".", "\\.")}\\s+(\\S+)`, "m"));
  if (!found) throw new Error(`no account ${login} was printed`);
  return found[1];
}

// ---- pages ----

const launch = (...more) => chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
});
const browser = await launch();

const desk = { width: 1280, height: 900 };
const telephone = { width: 360, height: 740 };

async function person(login, options) {
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

// Without a script in the page axe cannot run there: such pages are checked for width alone.
async function look(page, name, scripted = true) {
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

async function lookAtBoth(page, name) {
  for (const [size, viewport] of Object.entries({ telephone, desk })) {
    await page.setViewportSize(viewport);
    await look(page, `${name}-${size}`);
  }
}

const soon = (days) => {
  const when = new Date(Date.now() + days * 86400000 + 4 * 3600000);
  return when.toISOString().slice(0, 16);
};

try {
  await waitForPortal();
  await test("the open pages, on a telephone in all three languages, and on a desk", async () => {
    for (const [size, viewport, locales] of [["desk", desk, ["az"]], ["telephone", telephone, ["az", "en", "ru"]]]) {
      for (const locale of locales) {
        const page = await person(null, { locale, viewport });
        for (const [name, path] of Object.entries({
          home: "/", service: "/services/olympiad", clubs: "/services/club", "sign-in": "/sign-in", register: "/register",
          recover: "/recover", verify: "/verify",
          calendar: "/calendar/2024?received=2024-03-07T16:00&count=3",
          "appeal-figures": "/appeals/figures", "appeal-unnamed": "/appeals/new",
          "appeal-follow": "/appeals/follow", "appeal-answers": "/appeals/answers",
        })) {
          await page.goto(home + path);
          equal(await page.getAttribute("html", "lang"), locale, "language");
          await look(page, `${name}-${locale}-${size}`);
        }
        await page.context().close();
      }
    }
  });

  await test("the language is chosen in the header, and the cabinet speaks it", async () => {
    const page = await person("parent", { viewport: telephone });
    await page.goto(`${home}/cabinet/`);
    await page.locator("header").getByRole("button", { name: "Русский" }).click();
    await page.locator("html[lang=ru]").waitFor();
    for (const [name, path] of Object.entries({
      cabinet: "/cabinet/", messages: "/cabinet/notifications", family: "/cabinet/family", references: "/cabinet/references/",
      invoices: "/cabinet/payments/", appeal: "/cabinet/appeals/new",
    })) {
      equal((await page.goto(home + path)).status(), 200, path);
      await look(page, `${name}-ru-telephone`);
    }
    await page.locator("header").getByRole("button", { name: "Azərbaycanca" }).click();
    await page.locator("html[lang=az]").waitFor();
    await page.context().close();
  });

  await test("the calendar tells when an answer is due and why", async () => {
    const page = await person(null, { viewport: telephone });
    await page.goto(`${home}/calendar/2023`);
    await page.fill("#received", "2023-06-23T18:30");
    await page.fill("#count", "2");
    await page.click("main button");
    await page.getByText("Müddətin sonu: 3 iyul 2023, 18:00").first().waitFor();
    await page.getByText("23 iyun 2023, 18:30 tarixində qəbul edilib").waitFor();
    await page.fill("#count", "two");
    await page.click("main button");
    equal(await page.inputValue("#count"), "two", "what was typed");
    await page.getByRole("alert").waitFor();
    const file = await fetch(`${home}/calendar/2023.ics`);
    equal(file.headers.get("content-type").split(";")[0], "text/calendar", "media type");
    equal(await page.getByText("günlər dəyişə bilər").count(), 0, "notices of an announced year");
    await page.goto(`${home}/calendar/2027`);
    await page.getByText("günlər dəyişə bilər").waitFor();
    equal((await fetch(`${home}/calendar/2061`)).status, 404, "a year that the calendar lacks");
    await page.context().close();
  });

  await test("an appeal is written, worked on, answered and rated", async () => {
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/cabinet/appeals/new`);
    await parent.click("main form button");
    await parent.getByRole("alert").waitFor();
    await parent.selectOption("#category", "teaching");
    await parent.fill("#text", "Ə – \"sitat\" <b>mətn</b>");
    await parent.click("main form button");
    await look(parent, "appeal-check-telephone");
    await parent.click("main form button");
    const number = await parent.textContent(".govuk-panel strong");
    await look(parent, "appeal-sent-telephone");
    const own = parent.url().split("?")[0];
    await parent.getByText("Başqaları ilə birlikdə imzalamaq").click();
    await look(parent, "appeal-invite-telephone");
    const inviting = await parent.locator("details[open] dd").nth(1).textContent();
    const signer = await person("pupil", { viewport: telephone });
    await signer.goto(`${home}/cabinet/appeals/sign`);
    await look(signer, "appeal-sign-telephone");
    await signer.fill("#number", number);
    await signer.fill("#code", inviting.trim());
    await signer.click("main form button");
    await look(signer, "appeal-paper-telephone");
    await signer.click("main form button");
    await look(signer, "appeal-signed-telephone");
    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/appeals/search`);
    await clerk.selectOption("#state", "received");
    await clerk.fill("#since", "2020-01-01");
    await clerk.fill("#until", "2100-01-01");
    await clerk.click("main form button");
    await clerk.locator("a.nar-card").first().waitFor();
    await clerk.fill("#q", number);
    await clerk.click("main form button");
    equal(clerk.url(), `${home}/staff/appeals/search`, "what is searched for is in no address");
    await look(clerk, "appeal-search-desk");
    await clerk.click("a.nar-card");
    await clerk.selectOption("#department", "schools");
    await clerk.getByRole("button", { name: "Şöbəyə göndər" }).click();
    const work = clerk.url();
    const executor = await person("executor", { viewport: telephone });
    await executor.goto(`${home}/staff/appeals/`);
    await look(executor, "appeal-queue-telephone");
    await executor.goto(`${home}/staff/appeals/absences`);
    await look(executor, "absences-telephone");
    await executor.goto(`${home}/staff/appeals/`);
    await executor.goto(work);
    await executor.getByRole("button", { name: "Götür" }).click();
    await executor.getByText("Müraciət edəndən soruş").click();
    await executor.fill("#text-ask", "Hansı məktəb?");
    await executor.getByRole("button", { name: "Sualı göndər" }).click();
    await parent.goto(own);
    await look(parent, "appeal-asked-telephone");
    await parent.fill("#text", "Birinci");
    await parent.click("main form button");
    await executor.goto(work);
    await executor.fill("#text", "Düzəldildi.");
    await look(executor, "appeal-work-telephone");
    await executor.getByRole("button", { name: "Cavabı saxla" }).click();
    await executor.getByRole("button", { name: "Cavabı göndər" }).click();
    await executor.getByRole("alert").waitFor();
    const head = await person("head", { viewport: desk });
    await head.goto(work);
    await head.getByRole("button", { name: "Cavabı təsdiq et" }).click();
    await look(head, "appeal-head-desk");
    await executor.goto(work);
    await executor.getByRole("button", { name: "Cavabı göndər" }).click();
    await head.goto(work);
    await head.getByText("Hamı üçün dərc et").click();
    await look(head, "appeal-publish-desk");
    await head.fill("#question", "Sual hamı üçün");
    await head.getByRole("button", { name: "Cavabı dərc et" }).click();
    await head.goto(`${home}/appeals/answers`);
    await head.getByText("Sual hamı üçün").waitFor();
    await look(head, "appeal-answers-desk");
    await parent.goto(own);
    await parent.check("#rating-5");
    await look(parent, "appeal-answered-telephone");
    await parent.getByRole("button", { name: "Qiymətləndir" }).click();
    await parent.getByText("5-dən 5").waitFor();
    const nobody = await person(null, { viewport: telephone });
    await nobody.goto(`${home}/appeals/new`);
    await nobody.selectOption("#category", "corruption");
    await nobody.fill("#text", "Adsız");
    await nobody.setInputFiles("#file", { name: "sübut.pdf", mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.7 sübut") });
    await nobody.click("main form button");
    const [unnamed, code] = await nobody.locator(".govuk-panel strong").allTextContents();
    await look(nobody, "appeal-unnamed-telephone");
    await nobody.goto(`${home}/appeals/follow`);
    await nobody.fill("#number", unnamed);
    await nobody.fill("#code", code);
    await nobody.click("main form button");
    await nobody.getByText("Adsız").first().waitFor();
    await look(nobody, "appeal-followed-telephone");
    const [saved] = await Promise.all([nobody.waitForEvent("download"),
      nobody.getByRole("button", { name: "sübut.pdf" }).click()]);
    equal(saved.suggestedFilename(), "sübut.pdf", "a file of an appeal without a name");
    await nobody.context().close();
    equal(await parent.getByText("daxili").count(), 0, "internal steps that the applicant sees");
    for (const page of [parent, clerk, executor, head]) await page.context().close();
  });

  await test("a call is typed while listening and nothing typed is lost", async () => {
    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/appeals/new/hotline`);
    await clerk.keyboard.type("Zəng edən deyir ki, hovuzun suyu soyuqdur");
    await clerk.getByText("heç nə itmir").waitFor();
    await look(clerk, "call-desk");
    await clerk.reload();
    equal(await clerk.inputValue("#text"), "Zəng edən deyir ki, hovuzun suyu soyuqdur", "the draft");
    await clerk.fill("#given", "Günel");
    await clerk.fill("#family", "Şəkili");
    await clerk.selectOption("#category", "building");
    await clerk.focus("#text");
    await clerk.keyboard.press("Control+Enter");
    await clerk.waitForURL(/sent=1/);
    await look(clerk, "call-registered-desk");
    const first = await clerk.textContent(".govuk-panel strong");
    await clerk.getByRole("link", { name: "Qəbzi çap et" }).click();
    await look(clerk, "receipt-desk");
    const letters = await person("clerk", { viewport: telephone });
    await letters.goto(`${home}/staff/appeals/new/paper`);
    equal(await letters.inputValue("#text"), "", "a letter begins empty");
    await letters.fill("#received", soon(-1));
    await letters.setInputFiles("#file", { name: "skan.pdf", mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.7 skan") });
    await letters.selectOption("#category", "building");
    await letters.fill("#given", "Rəşad");
    await letters.fill("#family", "Quliyev");
    await letters.fill("#text", "Zəng edən deyir ki, hovuzun suyu soyuqdur");
    await letters.fill("#signed", "Aysel Quliyeva\nElçin Məmmədov");
    await look(letters, "letter-telephone");
    await letters.getByRole("button", { name: "Müraciəti qeydə al" }).click();
    await letters.waitForURL(/sent=1/);
    await letters.getByText("skan.pdf").first().waitFor();
    await letters.getByText("Elçin Məmmədov").waitFor();
    await look(letters, "letter-registered-telephone");
    equal(await letters.locator("#alike a").first().textContent(), first, "the duplicate");
    await letters.locator("#alike button").first().click();
    await letters.getByText("Bu müraciətlə birlikdə cavablandırılır").click();
    await letters.getByText("Bununla birlikdə cavablandırılanlar").waitFor();
    await look(letters, "merged-telephone");
    for (const page of [clerk, letters]) await page.context().close();
  });

  await test("a service that is only a file: asked, given back, corrected, approved", async () => {
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/services/school_bus`);
    await parent.getByRole("link", { name: "Müraciət et" }).click();
    await parent.locator("a.nar-card").last().click();
    const send = () => parent.getByRole("button", { name: "Müraciəti göndər" }).click();
    await parent.fill('[name="/grade"]', "7");
    const paper = { name: "arayış.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a note") };
    await parent.setInputFiles("#document-help", [paper, { ...paper, name: "şəkil.png", buffer: Buffer.from("MZ") }]);
    await send();
    await parent.locator(".govuk-error-summary", { hasText: "şəkil.png" }).waitFor();
    await shows(parent.locator(".nar-files li"), 1, "what is no document was not kept, the other was");
    await look(parent, "request-errors-telephone");
    await parent.goto(`${home}/cabinet/`);
    await parent.locator("a.nar-card--quiet", { hasText: "Məktəb avtobusu" }).click();
    equal(await parent.inputValue('[name="/grade"]'), "7", "what was typed and not sent");
    await parent.getByRole("button", { name: "Çıxar" }).click();
    await parent.locator(".nar-files").waitFor({ state: "detached" });
    await parent.setInputFiles("#document-help", paper);
    await parent.getByRole("button", { name: "Seçilmiş faylları əlavə et" }).click();
    await parent.locator(".nar-files a", { hasText: "arayış.pdf" }).waitFor();
    for (const answer of ['"/ways"][value="home"', '"/stop"][value="market"', '"/needs_help"][value="false"',
      '"/consent"']) await parent.check(`[name=${answer}]`);
    await parent.fill('[name="/contact/name"]', "Leyla");
    await parent.fill('[name="/contact/telephone"]', "050 123 45 67");
    await send();
    await parent.locator(".govuk-panel").waitFor();
    await look(parent, "request-sent-telephone");
    const place = new URL(parent.url()).pathname;

    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/requests/?service=school_bus`);
    await look(clerk, "request-desk");
    await clerk.locator("td a").first().click();
    const given = await clerk.request.get(home + await clerk.locator(".nar-files a").getAttribute("href"));
    equal((await given.body()).toString(), "%PDF-1.7 a note", "the document, as staff get it");
    await clerk.getByText("Düzəlişə qaytar", { exact: true }).first().click();
    await clerk.check('[name=correct][value="/contact/telephone"]');
    await clerk.fill('[name="correct/contact/telephone"]', "Nömrə cavab vermir");
    await look(clerk, "request-case-desk");
    await clerk.getByRole("button", { name: "Düzəlişə qaytar" }).click();
    await clerk.getByText("Düzəliş gözləyir").first().waitFor();

    await parent.goto(home + place);
    await parent.getByText("Nömrə cavab vermir").waitFor();
    await look(parent, "request-returned-telephone");
    await parent.getByRole("link", { name: "Düzəlt və yenidən göndər" }).click();
    await parent.fill('[name="/contact/telephone"]', "055 765 43 21");
    await send();
    await parent.locator(".govuk-panel").waitFor();

    await clerk.goto(`${home}/staff/requests/?service=school_bus`);
    await clerk.locator("input[name=item]").first().check();
    await clerk.selectOption("#action", "approve");
    await clerk.getByRole("button", { name: "Nə olacağına bax" }).click();
    await clerk.getByText("Bu, 1 müraciətə tətbiq ediləcək.").waitFor();
    await clerk.getByRole("button", { name: "İcra et" }).click();
    await clerk.getByText("1 müraciət icra edildi.").waitFor();
    await look(clerk, "request-bulk-desk");
    await parent.goto(home + place);
    await parent.getByText("Təsdiqlənib").first().waitFor();
    for (const page of [parent, clerk]) await page.context().close();
  });

  await test("an admitted person registers, has a concession, pays, and is confirmed", async () => {
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/services/admission`);
    await parent.getByRole("link", { name: "Qəbulumu tap" }).click();
    await parent.getByText("qeydiyyatdan keçməyib").first().waitFor();
    await look(parent, "admission-telephone");
    const mine = parent.locator("section.nar-card", { hasText: "magistratura" });
    await mine.getByRole("link", { name: "Qeydiyyatdan keçin" }).click();
    const send = () => parent.getByRole("button", { name: "Müraciəti göndər" }).click();
    await parent.fill('[name="/phone"]', "050 123 45 67");
    await parent.fill('[name="/address"]', "Bakı, Nizami küçəsi 1");
    await parent.fill('[name="/education_document"]', "A 123456");
    for (const answer of ['"/dormitory"][value="false"', '"/concession"][value="low_income"', '"/consent"']) {
      await parent.check(`[name=${answer}]`);
    }
    await send();
    await parent.getByText("Güzəşt üçün sübut lazımdır").first().waitFor();
    await look(parent, "admission-evidence-telephone");
    await parent.setInputFiles("#document-evidence",
      { name: "arayış.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a proof") });
    await send();
    await parent.locator(".govuk-panel", { hasText: "Güzəşt yoxlanılır" }).waitFor();
    const place = new URL(parent.url()).pathname;

    const registrar = await person("registrar", { viewport: desk });
    await registrar.goto(`${home}/staff/`);
    await registrar.getByRole("link", { name: "Qəbul olunanlar" }).click();
    await look(registrar, "admission-figures-desk");
    await shows(registrar.locator("td", { hasText: "Kompüter elmləri" }), 0, "another institution's programme");
    await registrar.locator("td a", { hasText: "magistratura" }).click();
    await registrar.getByText("qeydiyyat davam edir").last().waitFor();
    await look(registrar, "admission-programme-desk");
    const list = await registrar.request.get(home
      + await registrar.getByRole("link", { name: "Bu siyahı CSV kimi" }).getAttribute("href"));
    equal((await list.text()).trim().split("\n").length, 2, "lines of the list as CSV");
    await registrar.locator("td a").first().click();
    await look(registrar, "admission-one-desk");
    await registrar.getByRole("link", { name: "Qeydiyyat və onunla nə etmək olar" }).click();
    const work = registrar.url();
    const decide = registrar.locator("details", { hasText: "Güzəşti qəbul et" }).first();
    await decide.locator("summary").click();
    await decide.locator("textarea, input[name=reason]").first().fill("Sənəd düzgündür");
    await look(registrar, "admission-case-desk");
    await decide.getByRole("button", { name: "Güzəşti qəbul et" }).click();
    await registrar.getByText("Ödəniş gözlənilir").first().waitFor();

    await parent.goto(home + place);
    await look(parent, "admission-payable-telephone");
    await parent.getByRole("link", { name: "Təhsil haqqını ödə" }).click();
    await parent.locator("main form button").first().click();
    await parent.waitForURL((url) => url.pathname.startsWith("/bank"));
    await parent.getByText("1.500,00").first().waitFor();
    await parent.locator("button[value=pay]").click();
    await parent.getByText("Təşəkkür edirik").first().waitFor({ timeout: 60000 });
    await parent.goto(home + place);
    await parent.getByText("Təsdiq gözlənilir").first().waitFor();

    await registrar.goto(work);
    await registrar.locator("summary", { hasText: "Təsdiqlə" }).first().click();
    await registrar.getByRole("button", { name: "Təsdiqlə" }).first().click();
    await registrar.getByText("Təsdiqlənib").first().waitFor();
    await parent.goto(`${home}/cabinet/admission/`);
    await parent.getByText("təsdiqlənib").first().waitFor();
    await look(parent, "admission-confirmed-telephone");
    for (const page of [parent, registrar]) await page.context().close();
  });

  await test("a group goes on next year: offered by who keeps it, answered by the parent", async () => {
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/services/club`);
    await parent.locator(".nar-card", { hasText: "Futbol" }).locator("a.govuk-button").click();
    await parent.locator("a.nar-card").last().click();
    await parent.fill('[name="/phone"]', "050 123 45 67");
    await parent.getByRole("button", { name: "Müraciəti göndər" }).click();
    await parent.locator(".govuk-panel").waitFor();

    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/requests/?service=club`);
    await clerk.getByRole("link", { name: "Futbol, növbəti il" }).click();
    await clerk.getByText("uşağa yer təklif olunacaq").waitFor();
    await look(clerk, "carry-preview-desk");
    await clerk.getByRole("button", { name: "Yerləri təklif et" }).click();
    await clerk.getByText("uşağa yer təklif olundu").waitFor();
    await look(clerk, "carry-done-desk");
    await clerk.goto(`${home}/staff/requests/?service=club`);
    await clerk.getByRole("link", { name: "Futbol, növbəti il" }).click();
    await clerk.getByText("0 uşağa yer təklif olunacaq").waitFor();

    await parent.goto(`${home}/cabinet/`);
    await parent.locator("a", { hasText: "Futbol, növbəti il" }).first().click();
    await parent.getByText("Yer təklif olunub").first().waitFor();
    await look(parent, "carry-offer-telephone");
    await parent.getByRole("button", { name: "Yeri saxla" }).click();
    await parent.getByText("Qəbul edilib").first().waitFor();
    await look(parent, "carry-accepted-telephone");
    for (const page of [parent, clerk]) await page.context().close();
  });

  await test("a form is tried by whoever writes a service, with a script and without", async () => {
    const asked = JSON.parse(readFileSync(join(root, "examples/data/services/school_bus.json"), "utf8")).request;
    const texts = { schema: JSON.stringify(asked.form), hints: JSON.stringify(asked.hints) };
    const admin = await person("admin", { viewport: telephone });
    const open = async (page) => {
      await page.goto(`${home}/staff/forms/preview`);
      await page.fill("#schema", texts.schema);
      await page.fill("#hints", texts.hints);
      await page.locator("#sources button").click();
      await page.locator('[name="/grade"]').waitFor();
    };
    const send = (page) => page.getByRole("button", { name: "Yoxla", exact: true }).click();
    await open(admin);
    await look(admin, "form-telephone");
    equal(await admin.locator('[name="/address"]').isVisible(), false, "what hangs on another answer");
    await admin.check('[name="/stop"][value="other"]');
    equal(await admin.locator('[name="/address"]').isVisible(), true, "the answer was given");
    await admin.fill('[name="/grade"]', "yeddi");
    await admin.fill('[name="/siblings/0/name"]', "Aysel");
    await admin.locator("button[name=add]").click();
    equal(await admin.inputValue('[name="/siblings/0/name"]'), "Aysel", "a row is kept");
    await admin.locator('[name="/siblings/1/name"]').waitFor();
    await send(admin);
    await admin.locator(".govuk-error-summary").waitFor();
    await look(admin, "form-errors-telephone");
    equal(await admin.inputValue('[name="/grade"]'), "yeddi", "what was typed");
    await admin.locator(".govuk-error-summary a").first().click();
    equal(await admin.evaluate(() => document.activeElement.name), "/grade", "the first fault");

    const plain = await (await browser.newContext({ locale: "az", viewport: desk, javaScriptEnabled: false,
      storageState: await admin.context().storageState() })).newPage();
    await open(plain);
    await look(plain, "form-unscripted-desk", false);
    for (const [name, value] of Object.entries({
      "/grade": "7", "/address": "Nizami 5", "/from#day": "31", "/from#month": "3", "/from#year": "2026",
      "/contact/name": "Leyla", "/contact/telephone": "050 123 45 67", "/help": "x" })) {
      await plain.fill(`[name="${name}"]`, value);
    }
    for (const answer of ['"/ways"][value="home"', '"/stop"][value="market"', '"/needs_help"][value="false"',
      '"/consent"']) await plain.check(`[name=${answer}]`);
    await send(plain);
    const stored = JSON.parse(await plain.locator("pre").innerText());
    equal(stored.grade, 7, "a number");
    equal(stored.from, "2026-03-31", "a date");
    equal("address" in stored || "help" in stored, false, "hidden answers are stored");
    await plain.context().close();
    await admin.context().close();
  });

  await test("an admin enters what is announced", async () => {
    const admin = await person("admin", { viewport: telephone });
    await admin.goto(`${home}/staff/calendar/`);
    await admin.fill("#once", "2026-12-21");
    await admin.fill("#title_az", "Seçki günü");
    await admin.fill("#title_en", "Election day");
    await admin.fill("#title_ru", "День выборов");
    await admin.locator("form", { has: admin.locator("#once") }).getByRole("button").click();
    await admin.waitForURL(/done=1/);
    await look(admin, "days-off-telephone");
    await admin.goto(`${home}/calendar/2026`);
    await admin.getByText("Seçki günü").first().waitFor();
    await admin.context().close();
  });

  await test("a clerk opens a season", async () => {
    const page = await person("clerk", { viewport: desk });
    await page.goto(`${home}/staff/seasons/new`);
    await look(page, "season-new-desk");
    for (const [field, value] of Object.entries({
      code: "test-geography", title_az: "Coğrafiya olimpiadası", title_en: "Geography olympiad", title_ru: "Олимпиада по географии",
      subject: "geography", subject_az: "Coğrafiya", subject_en: "Geography", subject_ru: "География", grade_from: "1",
      grade_to: "12", opens: soon(-1), closes: soon(5), starts: soon(20), minutes: "120",
    })) await page.fill(`#${field}`, value);
    await page.click("main button.govuk-button");
    await page.waitForURL(`${home}/staff/`);
    await page.getByRole("heading", { name: "Coğrafiya olimpiadası" }).waitFor();
    await look(page, "staff-home-desk");
    await page.context().close();
  });

  await test("a pupil registers on a telephone without a script", async () => {
    const page = await person("pupil", { viewport: telephone, javaScriptEnabled: false });
    await page.goto(home);
    await page.getByRole("link", { name: /Coğrafiya olimpiadası/ }).click();
    await look(page, "season-telephone", false);
    await page.getByRole("link", { name: "Qeydiyyatdan keçin" }).click();
    await look(page, "check-telephone", false);
    await page.getByRole("button", { name: "Qeydiyyatı göndərin" }).click();
    await page.getByText("Qeydiyyat qəbul olundu").first().waitFor();
    await look(page, "confirmation-telephone", false);
    await page.goBack();
    await page.getByRole("button", { name: "Qeydiyyatı göndərin" }).click();
    await page.getByText("Bu şagird artıq qeydiyyatdan keçib.").first().waitFor();
    await page.goto(`${home}/cabinet/`);
    await shows(page.locator("a.nar-card", { hasText: "Coğrafiya" }).filter({ hasText: /Qeydiyyatdan keçib/ }), 1,
      "registrations after sending twice");
    await page.context().close();
  });

  await test("the pupil finds seat and slip in the cabinet", async () => {
    const page = await person("pupil", { viewport: telephone });
    await page.goto(`${home}/cabinet/`);
    await look(page, "cabinet-telephone");
    await page.getByRole("link", { name: /Azərbaycan dili olimpiadası/ }).click();
    await look(page, "application-telephone");
    const link = await page.getByRole("link", { name: /PDF/ }).getAttribute("href");
    const slip = await page.request.get(home + link);
    equal(slip.headers()["content-type"], "application/pdf", "type of the slip");
    equal((await slip.body()).subarray(0, 5).toString(), "%PDF-", "the slip");
    await page.goto(`${home}/cabinet/notifications`);
    await look(page, "notifications-telephone");
    await page.context().close();
  });

  await test("the pupil withdraws", async () => {
    const page = await person("pupil", { viewport: telephone });
    await page.goto(`${home}/cabinet/`);
    await page.getByRole("link", { name: /Coğrafiya olimpiadası/ }).first().click();
    await page.getByRole("link", { name: "Geri götürün" }).click();
    await look(page, "withdraw-telephone");
    await page.getByRole("button").filter({ hasText: "Qeydiyyatı geri götürün" }).click();
    await page.getByText("Geri götürülüb").first().waitFor();
    await page.context().close();
  });

  await test("a parent registers a child", async () => {
    const page = await person("parent", { viewport: telephone });
    await page.goto(home);
    await page.getByRole("link", { name: /Coğrafiya olimpiadası/ }).click();
    await page.getByRole("link", { name: "Qeydiyyatdan keçin" }).click();
    await look(page, "who-telephone");
    await page.locator("main a.nar-card:not(.nar-card--quiet)").last().click();
    await page.getByRole("button", { name: "Qeydiyyatı göndərin" }).click();
    await page.getByText("Qeydiyyat qəbul olundu").first().waitFor();
    await page.context().close();
  });

  let sitting;
  await test("a clerk freezes the list and allocates", async () => {
    const page = await person("clerk", { viewport: desk });
    await page.goto(`${home}/staff/`);
    await page.locator("section", { hasText: "Fizika olimpiadası" }).locator("a.nar-card").click();
    sitting = page.url();
    await look(page, "sitting-closed-desk");
    await page.getByRole("button", { name: "Siyahını təsdiqləyin" }).click();
    await page.getByRole("button", { name: "Bölün" }).click();
    await page.getByText("Başqa məmur təsdiq etməlidir").waitFor({ timeout: 60000 });
    await look(page, "sitting-proposed-desk");
    await page.getByRole("link", { name: "Mərkəzlərin xəritəsi" }).click();
    await look(page, "map-desk");
    await page.goto(`${sitting}/report/school`);
    await look(page, "report-desk");
    await page.goto(`${sitting}/entries`);
    await look(page, "entries-desk");
    await page.goto(`${home}/staff/import`);
    await page.selectOption("#register", "regions");
    await page.setInputFiles("#file", {
      name: "regions.csv", mimeType: "text/csv", buffer: Buffer.from("code,title\nX1,Test\n"),
    });
    await page.click("main button.govuk-button");
    await page.getByRole("alert").waitFor();
    await look(page, "import-refused-desk");
    await page.context().close();
  });

  await test("a second clerk confirms", async () => {
    const page = await person("clerk2", { viewport: desk });
    await page.goto(sitting);
    await page.getByRole("button", { name: "Təsdiq edin və hamıya bildirin" }).click();
    await page.getByText("Yerlər bölünüb").first().waitFor({ timeout: 60000 });
    await page.goto(`${sitting}/map`);
    await page.locator("tbody a").first().click();
    await look(page, "attendance-desk");
    const link = await page.getByRole("link", { name: /PDF/ }).getAttribute("href");
    equal((await page.request.get(home + link)).headers()["content-type"], "application/pdf", "list");
    await page.context().close();
  });

  await test("anybody sees the archive and compares the years", async () => {
    const page = await person(null, { viewport: desk });
    await page.goto(`${home}/results`);
    await look(page, "results-desk");
    await page.getByRole("link", { name: "2024", exact: true }).click();
    for (const by of ["score", "problem", "region"]) {
      await page.goto(`${page.url().split("?")[0]}?by=${by}`);
      await look(page, `results-${by}-desk`);
    }
    equal(await page.locator(".nar-figures strong").first().innerText(), "609", "contestants of 2024");
    const csv = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
    equal((await (await page.request.get(home + csv)).text()).split("\n").length > 100, true, "CSV");
    await page.goto(`${home}/results/series/imo?region=imo.azerbaijan`);
    await shows(page.locator("tbody tr"), 65, "years");
    await look(page, "years-desk");
    await page.goto(`${home}/results`);
    await page.getByRole("link", { name: "Fənlərin müqayisəsi" }).first().click();
    equal(await page.locator("tbody tr").count() > 0, true, "subjects");
    await look(page, "subjects-desk");
    await page.context().close();
  });

  await test("a pupil sees result and certificate, and anybody checks it", async () => {
    const page = await person("pupil", { viewport: telephone });
    await page.goto(`${home}/cabinet/`);
    await page.getByRole("link", { name: "Nəticələr və sertifikatlar" }).first().click();
    await look(page, "own-results-telephone");
    const file = await (await page.request.get(
      home + await page.getByRole("link", { name: "JSON" }).getAttribute("href"))).text();
    const paper = await page.request.get(
      home + await page.getByRole("link", { name: "PDF" }).getAttribute("href"));
    equal(paper.headers()["content-type"], "application/pdf", "paper");
    await page.locator("main a.nar-card").first().click();
    await look(page, "result-telephone");
    await page.context().close();
    const anyone = await person(null, { viewport: telephone, javaScriptEnabled: false });
    await anyone.goto(`${home}/verify`);
    await anyone.fill("#text", file);
    await anyone.click("#check-text");
    await shows(anyone.locator(".nar-verdict--valid"), 1, "verdict of the file");
    await anyone.fill("#text", file.replace(/"value":"\d/, (start) => `${start}9`));
    await anyone.click("#check-text");
    await shows(anyone.locator(".nar-verdict--bad_signature"), 1, "verdict of an altered one");
    const number = JSON.parse(file).id.split("/").pop();
    await anyone.goto(`${home}/V/${number}`);
    equal((await anyone.locator("main").innerText()).includes("Mahmudov"), false, "a name is shown");
    await anyone.fill("#birth-day", "1");
    await anyone.fill("#birth-month", "1");
    await anyone.fill("#birth-year", "1999");
    await anyone.getByRole("button", { name: "Yoxlayın" }).first().click();
    await anyone.getByRole("alert").waitFor();
    await anyone.context().close();
    const looked = await person(null, { viewport: telephone });
    await looked.goto(`${home}/V/${number}`);
    await look(looked, "document-telephone");
    await looked.goto(`${home}/verify`);
    await looked.fill("#text", "HTTPS://PORTAL/V/1#123");
    await looked.click("#check-text");
    await look(looked, "verify-unreadable-telephone");
    await looked.context().close();
  });

  // The certificate on paper: its file, its picture as a scanner sees it, the text of its code.
  const paper = join(scratch, "paper");
  let code;

  // What a camera sees that a picture is held before: two seconds of grey.
  async function film(path, picture) {
    const page = await person(null, { viewport: desk });
    const grey = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [1280, 720];
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, 1280, 720);
      pen.drawImage(image, 300, 20, 680, 680);
      const { data } = pen.getImageData(0, 0, 1280, 720);
      return Array.from({ length: 1280 * 720 }, (_, at) => data[4 * at]);
    }, picture);
    await page.context().close();
    const frame = [Buffer.from("FRAME\n"), Buffer.from(grey), Buffer.alloc(1280 * 720 / 2, 128)];
    writeFileSync(path, Buffer.concat([Buffer.from("YUV4MPEG2 W1280 H720 F10:1 Ip A1:1 C420jpeg\n"),
      ...Array.from({ length: 20 }, () => frame).flat()]));
  }

  // A code as a picture, drawn by the library.
  const picture = (text) => `data:image/svg+xml;base64,${execFileSync("/usr/bin/python3",
    ["-c", "import base64, sys, edu; print(base64.b64encode(edu.low.qr_svg(sys.argv[1]).encode()).decode())", text],
    { env: { PYTHONPATH: join(process.env.EDU_BUILD ?? join(root, "build-portal"), "bindings/python") } }).toString().trim()}`;

  async function withCamera(text, use) {
    const seen = join(scratch, "camera.y4m");
    await film(seen, picture(text));
    const own = await launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${seen}`);
    try {
      const context = await own.newContext({ locale: "az", viewport: telephone, permissions: ["camera"] });
      await use(await context.newPage());
    } finally {
      await own.close();
    }
  }

  const status = (page, wanted) => page.locator(`.nar-verdict--${wanted}[role=status]`).waitFor();

  await test("a document is checked by its PDF, and by a photograph of its code", async () => {
    const pupil = await person("pupil", { viewport: telephone });
    await pupil.goto(`${home}/cabinet/`);
    await pupil.getByRole("link", { name: "Nəticələr və sertifikatlar" }).first().click();
    const link = await pupil.getByRole("link", { name: "PDF" }).first().getAttribute("href");
    writeFileSync(`${paper}.pdf`, await (await pupil.request.get(home + link)).body());
    await pupil.context().close();
    execFileSync("pdftoppm", ["-r", "150", "-png", "-singlefile", `${paper}.pdf`, paper]);
    code = execFileSync("zbarimg", ["-q", "--raw", `${paper}.png`], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
    const anyone = await person(null, { viewport: telephone });
    await anyone.goto(`${home}/verify`);
    await anyone.setInputFiles("#file", `${paper}.pdf`);
    await anyone.locator("form", { has: anyone.locator("#file") }).locator("button").click();
    await status(anyone, "valid");
    await anyone.getByText("İmzalanmış bütün məlumat").click();
    await look(anyone, "verify-valid-telephone");
    await anyone.setInputFiles("#photo", `${paper}.png`);
    await anyone.waitForFunction(() => document.querySelector("#text").value !== "");
    await status(anyone, "valid");
    await anyone.setInputFiles("#file", `${paper}.png`);
    await anyone.locator("form", { has: anyone.locator("#file") }).locator("button").click();
    await anyone.getByRole("alert").first().waitFor();
    equal(await anyone.getAttribute("#file", "type"), "file", "the page of the form");
    await look(anyone, "verify-wrong-file-telephone");
    await anyone.setInputFiles("#photo", { name: "a.png", mimeType: "image/png",
      buffer: await anyone.locator("header").screenshot() });
    await anyone.getByText("Şəkildə QR kod tapılmadı").waitFor();
    await anyone.context().close();
  });

  await test("the code's link checks by itself with a script, and asks without one", async () => {
    const { pathname, hash } = new URL(code);
    const anyone = await person(null, { viewport: telephone });
    const asked = [];
    anyone.on("request", (request) => asked.push(request.url()));
    await anyone.goto(home + pathname + hash);
    await status(anyone, "valid");
    await anyone.getByText("Kamran Mahmudov").waitFor();
    equal(asked.some((url) => url.includes(hash.slice(1))), false, "the signed part in an address");
    await anyone.goto(`${home}${pathname}${hash.slice(0, -1)}${(Number(hash.at(-1)) + 1) % 10}`);
    await anyone.waitForURL(`${home}/verify`);
    equal(await anyone.locator(".nar-verdict--valid").count(), 0, "verdict of an altered one");
    await anyone.context().close();
    const plain = await person(null, { viewport: telephone, javaScriptEnabled: false });
    await plain.goto(home + pathname + hash);
    equal((await plain.locator("main").innerText()).includes("Mahmudov"), false, "a name is shown");
    const known = await (await plain.request.get(home + pathname)).text();
    const other = await (await plain.request.get(`${home}/V/00000000000000000`)).text();
    const bare = (page) => page.replace(/value="[^"]*"/g, "").replaceAll(pathname.slice(3), "N")
      .replaceAll("00000000000000000", "N");
    equal(bare(other), bare(known), "the page of a number that nobody has");
    await plain.context().close();
  });

  await test("a camera reads the code, and refuses that of another site", async () => {
    await withCamera(code, async (page) => {
      await page.goto(`${home}/verify`);
      await page.click("#camera");
      await status(page, "valid");
      await page.goto(`${home}/verify.html`);
      await page.click("#camera");
      await page.locator("[data-status=valid]").waitFor();
      await look(page, "verify-page-telephone");
    });
    await withCamera(code.replace("HTTPS://", "HTTPS://EVIL."), async (page) => {
      const sent = [];
      page.on("request", (request) => { if (request.method() === "POST") sent.push(request.url()); });
      await page.goto(`${home}/verify`);
      await page.click("#camera");
      await page.getByText("bu kod başqa sayta aparır").waitFor();
      equal(sent.length, 0, "what was sent");
      await look(page, "verify-other-site-telephone");
      await page.goto(`${home}/verify.html`);
      await page.click("#camera");
      await page.getByText("bu kod başqa sayta aparır").waitFor();
    });
  });

  await test("the page that checks by itself runs from a disk", async () => {
    const page = await person(null, { viewport: desk, locale: "en" });
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const name of ["keys", "bundle"])
      writeFileSync(join(scratch, `${name}.json`), await (await page.request.get(`${home}/${name}.json`)).body());
    const file = join(process.env.EDU_BUILD ?? join(root, "build-portal"), "examples/verify/verify.html");
    await page.goto(`file://${file}`);
    await page.fill("#text", code);
    await page.click("#check");
    await page.getByText("There are no keys yet").first().waitFor();
    await page.setInputFiles("#bundle", join(scratch, "keys.json"));
    await page.getByText("There are keys").waitFor();
    await page.fill("#text", code);
    await page.click("#check");
    await page.locator("[data-status=status_unknown]").waitFor();
    await page.setInputFiles("#bundle", join(scratch, "bundle.json"));
    await page.getByText("Keys and revocations as of").waitFor();
    await page.click("#check");
    await page.locator("[data-status=valid]").waitFor();
    await look(page, "verify-page-desk");
    await page.setInputFiles("#photo", `${paper}.png`);
    await page.locator("[data-status=valid]").waitFor();
    await page.fill("#text", `${code.slice(0, -3)}000`);
    await page.click("#check");
    await page.locator("[data-status=unreadable], [data-status=bad_signature]").waitFor();
    const altered = readFileSync(join(scratch, "bundle.json"), "utf8").replace('"list":1', '"list":2');
    await page.setInputFiles("#bundle", { name: "b.json", mimeType: "application/json", buffer: Buffer.from(altered) });
    await page.getByText("This file was not taken").waitFor();
    equal(asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")).length, 0, "requests");
    await page.context().close();
  });

  await test("an appeal is checked, sent and answered by two clerks", async () => {
    const page = await person("pupil", { viewport: telephone });
    await page.goto(`${home}/cabinet/`);
    await page.getByRole("link", { name: "Nəticələr və sertifikatlar" }).first().click();
    await page.locator("main a.nar-card").first().click();
    await page.getByRole("link", { name: "Apellyasiya" }).click();
    await page.fill("#text", "Birinci məsələyə yenidən baxın.");
    await page.getByRole("button", { name: "Davam et" }).click();
    await look(page, "appeal-check-telephone");
    await page.getByRole("button", { name: "Apellyasiyanı göndər" }).click();
    await look(page, "appeal-sent-telephone");
    await page.context().close();
    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/`);
    await clerk.locator("section", { hasText: "2026-biology" }).getByRole("link", { name: "Nəticələr" })
      .last().click();
    await look(clerk, "marking-desk");
    const marking = clerk.url();
    await clerk.goto(`${marking}/appeals`);
    await clerk.locator("textarea").first().fill("Bir bal əlavə olundu.");
    await clerk.locator("#p-0-0").fill("10");
    await look(clerk, "appeals-desk");
    await clerk.getByRole("button", { name: "Yenidən qiymətləndir" }).click();
    await clerk.goto(`${marking}/corrections`);
    equal(await clerk.getByRole("button", { name: "Təsdiq edin" }).count(), 0, "who marked confirms");
    await clerk.context().close();
    const second = await person("clerk2", { viewport: desk });
    await second.goto(`${marking}/corrections`);
    await look(second, "corrections-desk");
    await second.locator("button[name=accept][value='1']").first().click();
    await second.getByText("Tətbiq olunub").first().waitFor();
    await second.goto(`${marking}/list`);
    await look(second, "marking-list-desk");
    await second.context().close();
  });

  await test("a clerk keeps a group, and everybody sees it", async () => {
    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/`);
    await clerk.getByRole("link", { name: "Qruplar, müsabiqələr" }).click();
    await clerk.getByRole("link", { name: "Dərnək və qruplar" }).click();
    await lookAtBoth(clerk, "offerings");
    await clerk.getByRole("link", { name: "Yenisini yarat" }).click();
    await clerk.click("main form button");
    await clerk.getByRole("alert").waitFor();
    await lookAtBoth(clerk, "offering-faults");
    await clerk.fill("#code", "astronomy");
    await clerk.fill("#title_az", "Astronomiya");
    await clerk.fill("#title_en", "Astronomy");
    await clerk.fill("#title_ru", "Астрономия");
    await clerk.fill("#opens", soon(-1));
    await clerk.fill("#closes", soon(20));
    await clerk.fill("#places", "12");
    await clerk.fill("#age_from", "8");
    await clerk.fill("#age_until", "14");
    await clerk.selectOption("#day-1", "3");
    await clerk.fill("#from-1", "16:00");
    await clerk.fill("#until-1", "17:30");
    await clerk.click("main form button");
    await clerk.getByRole("heading", { name: "Astronomiya" }).waitFor();
    await lookAtBoth(clerk, "round-new");
    const address = clerk.url().split("/").pop();
    await clerk.getByRole("link", { name: "Dəyişin" }).click();
    equal(await clerk.inputValue("#places"), "12", "what was kept is in the form");
    await clerk.fill("#places", "15");
    await clerk.click("main form button");
    await clerk.getByText("15 yerdən 0 tutulub").waitFor();
    await clerk.goto(`${home}/staff/offerings/new/club`);
    await clerk.fill("#code", "astronomy-next");
    await clerk.fill("#title_az", "Astronomiya, gələn il");
    await clerk.fill("#title_en", "Astronomy, next year");
    await clerk.fill("#title_ru", "Астрономия, следующий год");
    await clerk.selectOption("#follows", "astronomy");
    await clerk.fill("#begins", soon(300).slice(0, 10));
    await clerk.click("main form button");
    await clerk.getByRole("heading", { name: "Astronomiya, gələn il" }).waitFor();
    await clerk.getByRole("link", { name: "Dəyişin" }).click();
    equal(await clerk.inputValue("#follows"), "astronomy", "what it continues");
    equal(await clerk.inputValue("#begins"), soon(300).slice(0, 10), "its first day");
    await clerk.goto(`${home}/staff/tuition/?service=admission`);
    await clerk.locator(".nar-card a").first().click();
    await clerk.fill("#paid", "1250,50");
    await clerk.click("main form button");
    await clerk.getByText("1.250,50").waitFor();
    await clerk.getByText("Haqları fayldan yüklə").click();
    await clerk.setInputFiles("#file", { name: "fees.csv", mimeType: "text/csv",
      buffer: Buffer.from("programme,funding,amount\nunknown,paid,12\n") });
    await clerk.getByRole("button", { name: "Yüklə" }).click();
    await clerk.getByText("Bu kodla sizin apardığınız").waitFor();
    await lookAtBoth(clerk, "tuition-faults");
    await clerk.context().close();
    const nobody = await person(null, { viewport: telephone });
    await nobody.goto(`${home}/offerings/${address}`);
    await nobody.getByText("16:00–17:30").waitFor();
    await look(nobody, "offering-telephone");
    await nobody.context().close();
  });

  await test("a clerk announces, and whom it concerns finds it new", async () => {
    const clerk = await person("clerk", { viewport: desk });
    await clerk.goto(`${home}/staff/`);
    await clerk.getByRole("link", { name: "Elanlar" }).first().click();
    await clerk.getByRole("link", { name: "Dərnək və qruplar" }).click();
    await clerk.getByRole("link", { name: "Robototexnikada yerlər püşklə bölünür" }).waitFor();
    await lookAtBoth(clerk, "announcement-desk");
    await clerk.getByRole("link", { name: "Elan yazın" }).click();
    await clerk.getByRole("button", { name: "Necə göründüyünə baxın" }).click();
    await clerk.getByRole("alert").waitFor();
    await lookAtBoth(clerk, "announcement-faults");
    await clerk.selectOption("#offering", { label: "Rəsm" });
    await clerk.fill("#title_az", "Rəsm dərsi bazar günü olacaq");
    await clerk.fill("#text_az", "Dərs saat 10:00-da başlayır.\n\nOtaq dəyişmir.");
    await clerk.getByRole("button", { name: "Necə göründüyünə baxın" }).click();
    await clerk.getByRole("heading", { name: "Rəsm dərsi bazar günü olacaq" }).waitFor();
    await lookAtBoth(clerk, "announcement-preview");
    const nobody = await person(null, { viewport: telephone });
    await nobody.goto(`${home}/announcements/`);
    equal(await nobody.getByText("Rəsm dərsi").count(), 0, "what is looked at only");
    await clerk.getByRole("button", { name: "Hamı üçün dərc et" }).click();
    await clerk.getByRole("heading", { name: "Rəsm dərsi bazar günü olacaq", level: 1 }).waitFor();
    const address = clerk.url();
    await lookAtBoth(nobody, "announcements");
    await nobody.goto(`${home}/services/club`);
    await nobody.getByRole("link", { name: "Rəsm dərsi bazar günü olacaq" }).click();
    equal(await nobody.locator(".nar-words").textContent(), "Dərs saat 10:00-da başlayır.\n\nOtaq dəyişmir.", "its lines");
    await lookAtBoth(nobody, "announcement");
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/cabinet/`);
    const own = parent.locator(".nar-note--new", { hasText: "Rəsm dərsi bazar günü olacaq" });
    await own.waitFor();
    await lookAtBoth(parent, "cabinet-announcements");
    await own.getByRole("link").click();
    await parent.getByText("Otaq dəyişmir.").waitFor();
    await parent.goto(`${home}/cabinet/announcements/`);
    await parent.getByRole("link", { name: "Rəsm dərsi bazar günü olacaq" }).waitFor();
    equal(await own.count(), 0, "seen ones that are new");
    await lookAtBoth(parent, "announcements-own");
    await parent.context().close();
    await clerk.getByRole("link", { name: "Geri götürün" }).click();
    await lookAtBoth(clerk, "announcement-withdraw");
    await clerk.getByRole("button", { name: "Geri götürün" }).click();
    await clerk.getByText("Geri götürülüb").first().waitFor();
    equal((await nobody.goto(address)).status(), 404, "what is withdrawn");
    await nobody.context().close();
    await clerk.context().close();
  });

  // Where the round of an offering is kept, by the title of the offering.
  const roundOf = async (page, service, title) => {
    await page.goto(`${home}/staff/offerings/?service=${service}`);
    await page.getByRole("link", { name: title, exact: true }).click();
    await page.getByRole("heading", { name: title }).waitFor();
    return page.url();
  };

  await test("a jury member scores without knowing whose it is", async () => {
    for (const [size, viewport] of Object.entries({ telephone, desk })) {
      const member = await person("executor2", { viewport });
      await member.goto(`${home}/cabinet/`);
      await member.getByRole("link", { name: "Qiymətləndirilən işlər" }).click();
      await look(member, `jury-${size}`);
      const before = await member.getByText("qiymətləndirilməlidir").count();
      await member.locator("a.nar-card", { hasText: "Ən yaxşı təqdimat" }).first().click();
      await member.getByText("Siz müəllifi görmürsünüz").waitFor();
      const [file] = await Promise.all([member.waitForEvent("download"),
        member.getByRole("link", { name: "Təqdimatın faylı" }).click()]);
      equal(file.suggestedFilename(), "work.pdf", "the file is named after its kind");
      await member.fill("#points-content", "11");
      await member.fill("#points-originality", "7,5");
      await member.fill("#points-design", "8");
      await member.getByRole("button", { name: "Ballarımı saxla" }).click();
      await member.getByRole("alert").waitFor();
      equal(await member.inputValue("#points-originality"), "7,5", "what was typed stays");
      await look(member, `jury-work-${size}`);
      await member.fill("#points-content", "9");
      await member.fill("#comment", "Nəticəni bir cümlə ilə deyin.");
      await member.getByRole("button", { name: "Ballarımı saxla" }).click();
      await member.waitForURL(/jury\/$/);
      equal(await member.getByText("qiymətləndirilməlidir").count(), before - 1, "what is to be scored");
      await member.context().close();
    }
    const clerk = await person("clerk", { viewport: desk });
    const contest = await roundOf(clerk, "contest", "Ən yaxşı təqdimat – 2026");
    await clerk.getByText("Reytinq təsdiqləndikdən sonra mümkündür").waitFor();
    await lookAtBoth(clerk, "round-contest");
    await clerk.goto(`${contest}/panel`);
    await lookAtBoth(clerk, "round-panel");
    await clerk.getByRole("button", { name: "İşləri payla" }).click();
    await clerk.getByText("0 vərəq paylandı").waitFor();
    await clerk.context().close();
  });

  await test("two clerks rank by lottery, and a parent sees the place and why", async () => {
    const first = await person("clerk", { viewport: desk });
    const round = await roundOf(first, "club", "Teatr");
    await first.getByRole("button", { name: "Reytinqi təklif et" }).click();
    await first.getByRole("button", { name: "Reytinqi təsdiqlə" }).click();
    await first.getByText("Başqa şəxs təsdiqləməlidir").first().waitFor();
    await lookAtBoth(first, "round-proposed");
    await first.goto(`${round}/ranking`);
    equal(await first.getByText("yer alacaq").count(), 5, "who is to get a place");
    await lookAtBoth(first, "round-ranking");
    await first.context().close();
    const second = await person("clerk2", { viewport: desk });
    await second.goto(round);
    await second.getByRole("button", { name: "Reytinqi təsdiqlə" }).click();
    await second.getByText("5 yer verildi").waitFor();
    await look(second, "round-confirmed-desk");
    await second.context().close();
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/cabinet/`);
    await parent.locator("a.nar-card", { hasText: "Teatr" }).click();
    await parent.getByText("yer, 12 nəfərdən").waitFor();
    await parent.getByText("Püşkatma və onu necə yoxlamaq olar").click();
    await look(parent, "round-result-telephone");
    const number = (await parent.getByText("orada nömrəniz:").textContent()).match(/nömrəniz: (\w+)/)[1];
    await parent.getByRole("link", { name: "Bütün reytinq, adsız" }).click();
    await parent.getByText(number).waitFor();
    await look(parent, "round-open-telephone");
    await parent.context().close();
  });

  await test("an offer is seen with its reason and its interview, and accepted", async () => {
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/cabinet/`);
    await parent.locator("a.nar-card", { hasText: "Payız müsabiqəsi" }).click();
    await parent.getByText("otaq 12").waitFor();
    const [file] = await Promise.all([parent.waitForEvent("download"),
      parent.getByRole("link", { name: "Təqvimə əlavə et" }).click()]);
    equal(file.suggestedFilename(), "time.ics", "a file for the calendar");
    await look(parent, "interview-telephone");
    await parent.goto(`${home}/cabinet/`);
    await parent.locator("a.nar-card", { hasText: "Yer təklif olunub" }).click();
    await parent.getByText("Cavab olmasa, yer növbəti şəxsə keçir.").waitFor();
    await look(parent, "offer-telephone");
    await parent.locator("summary", { hasText: "Təklifi qəbul edirəm" }).click();
    await parent.getByRole("button", { name: "Təklifi qəbul edirəm" }).click();
    await parent.getByText("Təklif qəbul edilib").first().waitFor();
    await parent.context().close();
  });

  await test("points come from a file, and people to interviews", async () => {
    const clerk = await person("clerk", { viewport: desk });
    const round = await roundOf(clerk, "recruitment", "Payız müsabiqəsi");
    await clerk.goto(`${round}/scores/test`);
    await clerk.getByText("Balları fayldan yüklə").click();
    await clerk.setInputFiles("#file", { name: "points.csv", mimeType: "text/csv",
      buffer: Buffer.from("number,points\nZZZZZZZ,70\nYYYYYYY,101\n") });
    await clerk.getByRole("button", { name: "Yüklə" }).click();
    await clerk.getByRole("alert").waitFor();
    equal(await clerk.locator("details[open] tbody tr").count(), 2, "faults of the file");
    await lookAtBoth(clerk, "scores-faults");
    await clerk.locator("td input").first().fill("200");
    await clerk.getByRole("button", { name: "Balları saxla" }).click();
    await clerk.getByText("Bal hədlərdən kənardır").first().waitFor();
    await clerk.locator("td input").first().fill("81");
    await clerk.getByRole("button", { name: "Balları saxla" }).click();
    await clerk.getByText("Saxlanıldı.").waitFor();
    await lookAtBoth(clerk, "scores");
    await clerk.goto(`${round}/slots/interview`);
    await clerk.fill("#starts", soon(9));
    await clerk.fill("#count", "2");
    await clerk.fill("#venue", "Gəncə, Atatürk pr. 5");
    await clerk.getByRole("button", { name: "Vaxtları yarat" }).click();
    await clerk.getByText("Gəncə, Atatürk pr. 5").nth(1).waitFor();
    await clerk.getByRole("button", { name: "Vaxt ver" }).click();
    await clerk.getByText("0 nəfərə vaxt verildi").waitFor();
    await lookAtBoth(clerk, "slots");
    await clerk.locator("tbody a").first().click();
    const people = await clerk.locator("tbody tr").count();
    await clerk.locator("tbody select").first().selectOption({ index: 2 });
    await clerk.getByRole("button", { name: "Keçir" }).first().click();
    await clerk.getByText(`yerdən ${people - 1} doludur`).waitFor();
    await lookAtBoth(clerk, "slot");
    await clerk.context().close();
  });

  await test("a test is planned, and a vacancy asks for a document of its own", async () => {
    const clerk = await person("clerk", { viewport: desk });
    const round = await roundOf(clerk, "recruitment", "Payız müsabiqəsi");
    await clerk.getByRole("link", { name: /Planlaşdırın, yerləri bölün/ }).click();
    await clerk.fill("#starts", soon(20));
    await clerk.fill("#minutes", "x");
    await clerk.getByRole("button", { name: "Planlaşdır", exact: true }).click();
    await clerk.getByRole("alert").waitFor();
    await clerk.fill("#minutes", "90");
    await clerk.getByRole("button", { name: "Planlaşdır", exact: true }).click();
    await clerk.locator("a.nar-card", { hasText: "90 dəqiqə" }).waitFor();
    await lookAtBoth(clerk, "round-sittings");
    await clerk.locator("a.nar-card", { hasText: "90 dəqiqə" }).click();
    await clerk.getByText("Planlaşdırılıb").waitFor();
    await lookAtBoth(clerk, "sitting-of-round");
    await clerk.getByRole("button", { name: "Siyahını təsdiqləyin" }).click();
    await clerk.getByText(/Siyahı təsdiqlənib|Heç kim/).first().waitFor();
    await clerk.goto(round);
    await clerk.locator("main ul.govuk-list a").first().click();
    const vacancy = clerk.url();
    await clerk.locator("summary", { hasText: "Daha bir sənəd tələb et" }).click();
    await clerk.fill("#document-0-code", "licence");
    await clerk.fill("#document-0-az", "Qaynaqçı vəsiqəsi");
    await clerk.fill("#document-0-en", "Welder's licence");
    await clerk.getByRole("button", { name: "Saxla" }).click();
    await clerk.getByText("Bu sənədi belə tələblə heç kim təqdim edə bilməz").first().waitFor();
    await lookAtBoth(clerk, "vacancy-document-fault");
    await clerk.fill("#document-0-ru", "Удостоверение сварщика");
    await clerk.getByRole("button", { name: "Saxla" }).click();
    await clerk.goto(vacancy);
    await clerk.locator("summary", { hasText: "Qaynaqçı vəsiqəsi" }).click();
    await lookAtBoth(clerk, "vacancy-document");
    await clerk.context().close();
    const anybody = await person(null, { viewport: telephone });
    await anybody.goto(vacancy.replace("/staff/", "/"));
    await anybody.getByText("Qaynaqçı vəsiqəsi").waitFor();
    await lookAtBoth(anybody, "vacancy");
    await anybody.context().close();
  });

  await test("an invoice is made by hand", async () => {
    const [number, birth] = readFileSync(join(scratch, "portal/registers/accounts.csv"), "utf8")
      .match(/^parent,([^,]+),([^,]+)/m).slice(1);
    const [year, month, day] = birth.split("-");
    const finance = await person("finance", { viewport: telephone });
    await finance.goto(`${home}/staff/payments/`);
    await finance.getByRole("link", { name: "Hesab yarat" }).click();
    await finance.getByRole("button", { name: "Hesabı yarat" }).click();
    await finance.getByRole("alert").waitFor();
    await look(finance, "finance-new-telephone");
    for (const [field, value] of Object.entries({ number, birth_day: day, birth_month: month, birth_year: year,
      title_az: "Diplomun surəti", title_en: "Copy of a diploma", title_ru: "Копия диплома", kind: "diploma_copy", amount: "12,50" }))
      await finance.fill(`[name=${field}]`, value);
    await finance.getByRole("button", { name: "Hesabı yarat" }).click();
    await finance.getByRole("heading", { name: "Diplomun surəti" }).waitFor();
    await finance.context().close();
    const parent = await person("parent", { viewport: telephone });
    await parent.goto(`${home}/cabinet/payments/`);
    await parent.getByText("Diplomun surəti").waitFor();
    await parent.context().close();
  });

  await test("what is not theirs is not found", async () => {
    const page = await person("pupil", { viewport: desk });
    equal((await page.goto(`${home}/staff/`)).status(), 404, "staff pages for a pupil");
    equal((await page.goto(`${home}/cabinet/00000000-0000-7000-8000-000000000009/` +
      "00000000-0000-7000-8000-000000000009")).status(), 404, "another's application");
    await look(page, "not-found-desk");
    await page.context().close();
  });
} finally {
  await browser.close();
  portal.kill("SIGTERM");
  if (portal.exitCode === null) await once(portal, "exit");
  rmSync(scratch, { recursive: true, force: true });
}
await test("TERM ends the portal and its children", async () => {
  equal(portal.exitCode, 0, "exit status");
  equal(await fetch(`${home}/healthz`).catch(() => null), null, "answer afterwards");
});
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
