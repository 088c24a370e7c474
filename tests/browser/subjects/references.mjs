// References from registers, and the records that they are made of; from both sides.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, equal, inEveryManner, scratch, home, desk, telephone, person, look, lookAtBoth } from "../harness.mjs";

inEveryManner();

test("a reference that no record fits is asked for, and refused with a reason", async () => {
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/cabinet/references/`);
  await parent.getByRole("button", { name: "Arayışı al" }).click();
  await parent.getByRole("alert").waitFor();
  await look(parent, "references-faults");
  await parent.locator("[name=type]").last().check();
  await parent.getByRole("button", { name: "Arayışı al" }).click();
  const number = await parent.textContent(".govuk-panel strong");
  if (!/^A-\d{4}-\d{6}$/.test(number)) throw new Error(`${number} is shown as the number of a request`);
  await lookAtBoth(parent, "references-asked");
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/references/`);
  await clerk.locator("main a.nar-card", { hasText: number }).waitFor();
  await lookAtBoth(clerk, "reference-desk");
  await clerk.fill("#number", "A-2026-999999");
  await clerk.getByRole("button", { name: "Axtarın" }).click();
  await clerk.getByRole("alert").waitFor();
  await look(clerk, "reference-not-found");
  await clerk.fill("#number", number.toLowerCase());
  await clerk.getByRole("button", { name: "Axtarın" }).click();
  await clerk.locator("#reason").waitFor();
  const work = clerk.url();
  await clerk.locator("#reason").fill("Bu il üçün qeydiniz yoxdur.");
  await look(clerk, "reference-work");
  await clerk.getByRole("button", { name: "İmtina edin" }).last().click();
  await clerk.getByText("Gözləyən yoxdur.").waitFor();
  const nothing = "00000000-0000-7000-8000-000000000000";
  equal((await clerk.request.get(`${home}/staff/references/${new URL(work).pathname.split("/")[3]}/${nothing}`)).status(), 404, "a request that is not there");
  await parent.goto(`${home}/cabinet/references/`);
  await parent.getByText("Bu il üçün qeydiniz yoxdur.").waitFor();
  await look(parent, "references-refused");
  for (const page of [parent, clerk]) await page.context().close();
});

test("a clerk gets a reference for somebody who came to the desk", async () => {
  const [number, birth] = readFileSync(join(scratch, "portal/registers/accounts.csv"), "utf8")
    .match(/^pupil,([^,]+),([^,]+)/m).slice(1);
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/references/`);
  await clerk.getByRole("link", { name: "Başqası üçün arayış istəyin" }).click();
  await clerk.getByRole("button", { name: "Arayışı al" }).click();
  await clerk.getByRole("alert").waitFor();
  await look(clerk, "reference-for-faults");
  const [year, month, day] = birth.split("-");
  for (const [field, value] of Object.entries({ number, birth_day: day, birth_month: month, birth_year: year }))
    await clerk.fill(`[name=${field}]`, value);
  await lookAtBoth(clerk, "reference-for");
  await clerk.locator("[name=type]").first().check();
  await clerk.getByRole("button", { name: "Arayışı al" }).click();
  if (await clerk.locator("#record").count()) {
    await clerk.locator("[name=record]").first().check();
    await clerk.getByRole("button", { name: "Arayışı al" }).click();
  }
  await clerk.waitForURL(/staff\/references\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/);
  await look(clerk, "reference-for-made");
  await clerk.context().close();
});

test("a record is found, and seen as it came to be", async () => {
  const [number, birth] = readFileSync(join(scratch, "portal/registers/accounts.csv"), "utf8")
    .match(/^pupil,([^,]+),([^,]+)/m).slice(1);
  const [year, month, day] = birth.split("-");
  const admin = await person("admin", { viewport: desk });
  await admin.goto(`${home}/staff/registers/`);
  for (const [field, value] of Object.entries({ number, birth_day: day, birth_month: month, birth_year: year }))
    await admin.fill(`[name=${field}]`, value);
  await admin.getByRole("button", { name: "Tap", exact: true }).click();
  await admin.locator("main a.nar-card").first().waitFor();
  await look(admin, "records");
  await admin.locator("main a.nar-card").first().click();
  await admin.waitForURL(/registers\/.+\/.+/);
  await look(admin, "record");
  await admin.context().close();
});
