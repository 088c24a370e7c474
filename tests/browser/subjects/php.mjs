// The citizen's pages in PHP, on the store that the portal in Python serves at the same time. No page of theirs
// has a script: what is looked at with axe is what everybody gets.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { test, inEveryManner, equal, shows, root, scratch, passwordOf, desk, telephone, person, home as other, look, lookAtBoth } from "../harness.mjs";

inEveryManner();

let home;
let server;

async function serve() {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  free.close();
  home = `http://127.0.0.1:${port}`;
  server = spawn(join(root, "examples/portal-php/start"), {
    env: { ...process.env, PORT: String(port), PORTAL_DATA: join(scratch, "portal") }, stdio: ["ignore", "ignore", "inherit"],
  });
  for (let second = 0; second < 120; second += 1) {
    if (server.exitCode !== null) throw new Error("the portal in PHP ended");
    if ((await fetch(`${home}/health/ready`).catch(() => null))?.status === 200) return;
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
  throw new Error("the portal in PHP does not answer");
}

async function visitor(login, options) {
  const page = await person(null, options);
  if (!login) return page;
  await page.goto(`${home}/sign-in?next=/cabinet`);
  await page.fill("#login", login);
  await page.fill("#password", passwordOf(login));
  await page.click("main button");
  await page.getByRole("heading", { name: "Şəxsi kabinet" }).waitFor();
  return page;
}

test("php: a citizen writes an appeal, and staff answer it in the other portal", async () => {
  await serve();
  const page = await visitor("parent", { viewport: telephone });
  await look(page, "php-cabinet-telephone");
  await page.getByRole("link", { name: "Müraciət yaz", exact: true }).click();
  await page.click("main button");
  await look(page, "php-appeal-nothing-telephone");
  equal(await page.locator(".govuk-error-summary a").count(), 2, "both fields are named");
  await page.selectOption("#category", "portal");
  await page.fill("#text", "Səhifə açılmır <b>.\nİkinci sətir.");
  await page.getByRole("button", { name: "Davam et" }).click();
  await look(page, "php-appeal-check-telephone");
  await page.setInputFiles("#file", { name: "şəkil.png", mimeType: "image/png", buffer: Buffer.from("\x89PNG\r\n\x1a\n....", "latin1") });
  const sending = page.locator("main form").first();
  const sent = await sending.evaluate((form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string")));
  await sending.locator("button").click();
  await page.locator(".govuk-panel--confirmation").waitFor();
  await lookAtBoth(page, "php-appeal-sent");
  const number = await page.locator(".govuk-panel strong").innerText();
  equal((await page.locator(".nar-quote").first().innerText()).includes("<b>"), true, "what was typed is a text");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "şəkil.png" }).click()]);
  equal(file.suggestedFilename(), "şəkil.png", "the file comes back");
  // The same form again, as the back button sends it: nothing twice.
  const again = await page.request.post(`${home}/appeals/new`, { form: sent });
  equal((await again.text()).includes(number), true, "sent twice, it is one");
  const which = new URL(page.url()).pathname.split("/").slice(2, 4);
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${other}/staff/appeals/${which.join("/")}`);
  await shows(clerk.locator("code", { hasText: number }), 1, "staff see it in the other portal");
  await clerk.context().close();
  await page.goto(`${home}/appeals/${which.join("/")}`);
  await page.getByText("Müraciəti geri götür").first().click();
  await page.fill("#text-withdraw", "Artıq açılır");
  await page.getByRole("button", { name: "Müraciəti geri götür" }).click();
  await shows(page.locator(".nar-tag--withdrawn"), 1, "it is withdrawn");
  await page.context().close();
});

test("php: a reference is asked for, downloaded, and checked by anybody", async () => {
  const page = await visitor("pupil", { viewport: telephone });
  await page.goto(`${home}/references`);
  await look(page, "php-references-telephone");
  await page.locator("input[value=diagnostic_assessment_result]").check();
  await page.locator("main form button").click();
  await page.locator("input[name=record]").first().waitFor();
  await look(page, "php-reference-record-telephone");
  await page.locator("input[name=record]").first().check();
  await page.locator("main form button").click();
  await page.getByRole("link", { name: "JSON" }).first().waitFor();
  equal(/^A-\d{4}-\d{6}$/.test(await page.textContent(".govuk-panel strong")), true, "the request has a number");
  await lookAtBoth(page, "php-reference-made");
  const paper = await page.request.get(home + await page.getByRole("link", { name: "PDF" }).first().getAttribute("href"));
  equal(paper.headers()["content-type"], "application/pdf", "paper");
  const bytes = await paper.body();
  const read = await page.context().newPage();
  const refused = [];
  read.on("console", (message) => refused.push(message.text()));
  await read.goto(home + await page.getByRole("link", { name: "Oxumaq" }).first().getAttribute("href"));
  await look(read, "php-reference-page-telephone");
  equal(refused.join(), "", "what its policy refuses");
  const file = await (await page.request.get(home + await page.getByRole("link", { name: "JSON" }).first().getAttribute("href"))).text();
  const number = JSON.parse(file).id.split("/").pop();
  await page.context().close();
  const anyone = await visitor(null, { viewport: telephone, javaScriptEnabled: false });
  await anyone.goto(`${home}/verify`);
  await anyone.setInputFiles("#file", { name: "a.pdf", mimeType: "application/pdf", buffer: bytes });
  await anyone.locator("form", { has: anyone.locator("#file") }).locator("button").click();
  await shows(anyone.locator(".nar-verdict--valid"), 1, "verdict of the paper");
  await anyone.fill("#text", file.replace(/"value":"\d/, (start) => `${start}9`));
  await anyone.locator("form", { has: anyone.locator("#text") }).locator("button").click();
  await shows(anyone.locator(".nar-verdict--bad_signature"), 1, "verdict of an altered one");
  await anyone.goto(`${home}/V/${number}`);
  equal((await anyone.locator("main").innerText()).includes("Mahmudov"), false, "a name is shown");
  for (const [part, value] of [["day", "1"], ["month", "13"], ["year", "1999"]]) await anyone.fill(`#birth-${part}`, value);
  await anyone.locator("main button").click();
  await anyone.getByRole("alert").waitFor();
  await anyone.context().close();
  const looked = await visitor(null, {});
  for (const path of ["/", "/verify", `/V/${number}`, "/nowhere", "/sign-in"]) {
    await looked.goto(home + path);
    await lookAtBoth(looked, `php-open${path.replace(/\W/g, "-").replace(number, "number")}`);
  }
  for (const [code, wanted] of [["ru", "Проверить документ"], ["en", "Check a document"]]) {
    await looked.goto(`${home}/verify`);
    await looked.locator(`button[lang=${code}]`).click();
    equal(await looked.locator("h1").innerText(), wanted, "the language of the page");
    equal(await looked.locator("html").getAttribute("lang"), code, "is said");
  }
  await looked.context().close();
});

test("php: a sign-in that ended while typing loses nothing, and shows nothing to somebody else", async () => {
  const page = await visitor("parent", { viewport: telephone });
  const signIn = async (login) => {
    await page.fill("#login", login);
    await page.fill("#password", passwordOf(login));
    await page.click("main button");
  };
  const words = "Dərslik çatmır,\nüç şagirdə biri düşür.";
  await page.goto(`${home}/appeals/new`);
  await page.selectOption("#category", { index: 1 });
  await page.fill("#text", words);
  await page.context().clearCookies({ name: "nar_session" });
  await page.getByRole("button", { name: "Davam et" }).click();
  await page.getByText("Yazdıqlarınız saxlanılıb").waitFor();
  await lookAtBoth(page, "php-ended");
  equal((await page.content()).includes("şagirdə"), false, "the text is on the page that asks to sign in");
  await page.fill("#login", "parent");
  await page.fill("#password", "not the password");
  await page.click("main button");
  await page.locator(".govuk-error-summary").waitFor();
  await signIn("parent");
  await page.locator("blockquote", { hasText: "Dərslik çatmır" }).waitFor();
  await lookAtBoth(page, "php-kept");
  await page.getByRole("button", { name: "Davam edin" }).click();
  await page.getByText("Nazirliyə göndər").waitFor();
  equal(await page.inputValue("#text"), words, "the text after signing in again");
  // In a second window somebody else signs in: nothing is theirs.
  const two = await page.context().newPage();
  await page.context().clearCookies({ name: "nar_session" });
  await two.goto(`${home}/sign-in`);
  await two.fill("#login", "pupil");
  await two.fill("#password", passwordOf("pupil"));
  await two.click("main button");
  await two.getByRole("heading", { name: "Şəxsi kabinet" }).waitFor();
  await page.getByRole("button", { name: "Dəyişin" }).click();
  await page.getByRole("heading", { name: "Burada başqası daxil olub" }).waitFor();
  await lookAtBoth(page, "php-other");
  equal((await page.content()).includes("şagirdə"), false, "the text is there for the other to read");
  await page.getByRole("button", { name: "Digər hesabla daxil ol" }).click();
  await signIn("parent");
  await page.locator("blockquote", { hasText: "Dərslik çatmır" }).waitFor();
  await page.context().close();
});

test("php: what others send for somebody is refused, and each answer has its headers", async () => {
  const page = await visitor("parent", {});
  const { headers } = await page.request.get(`${home}/cabinet`).then(async (answer) => ({ headers: answer.headers() }));
  equal(headers["content-security-policy"].includes("script-src"), false, "no script is allowed");
  equal(headers["content-security-policy"].startsWith("default-src 'none'"), true, "policy");
  for (const [name, value] of [["x-content-type-options", "nosniff"], ["referrer-policy", "same-origin"], ["cache-control", "no-store"]]) {
    equal(headers[name], value, name);
  }
  equal(headers["x-powered-by"], undefined, "what it runs on");
  const [cookie] = (await page.context().cookies()).filter((one) => one.name === "nar_session");
  equal(`${cookie.httpOnly} ${cookie.sameSite}`, "true Lax", "the cookie");
  const forged = await page.request.post(`${home}/sign-out`, { form: { csrf_token: "0".repeat(64) } });
  equal(forged.status(), 400, "without the token of a form");
  const foreign = await page.request.post(`${home}/sign-out`, { form: { csrf_token: await page.locator("[name=csrf_token]").first().inputValue() },
    headers: { "Sec-Fetch-Site": "cross-site" } });
  equal(foreign.status(), 400, "from another site");
  const away = await visitor(null, {});
  await away.goto(`${home}/sign-in?next=//evil.example/`);
  equal(await away.locator("main [name=next]").inputValue(), "", "the way to another site");
  await away.goto(`${home}/cabinet/messages`);
  equal(new URL(away.url()).searchParams.get("next"), "/cabinet/messages", "the way back is kept");
  equal((await page.request.get(`${home}/appeals/${"0".repeat(8)}/x`)).status(), 400, "what is no appeal");
  equal((await page.request.get(`${home}/cabinet/messages?cursor=%00`)).status(), 400, "a null character");
  equal((await away.request.get(`${home}/assets/..%2findex.php`)).status(), 404, "no other file");
  await away.context().close();
  await page.locator("header form[action='/sign-out'] button").click();
  await page.waitForURL(`${home}/`);
  await page.goto(`${home}/cabinet`);
  equal(new URL(page.url()).pathname, "/sign-in", "the cabinet is closed");
  await page.context().close();
  server.kill("SIGTERM");
  await once(server, "exit");
  equal(server.exitCode, 0, "exit status");
  equal(await fetch(`${home}/health/ready`).catch(() => null), null, "answer afterwards");
});
