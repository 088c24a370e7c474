// A form as whoever writes a service tries it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, inEveryManner, equal, root, home, browser, desk, telephone, person, look } from "../harness.mjs";

inEveryManner();

test("a form is tried by whoever writes a service, with a script and without", async () => {
  const asked = JSON.parse(readFileSync(join(root, "examples/data/services/school_bus.json"), "utf8")).request;
  const texts = { schema: JSON.stringify(asked.form), hints: JSON.stringify(asked.hints) };
  const admin = await person("admin", { viewport: telephone, needs: "script" });
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
