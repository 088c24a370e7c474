// One person who is there twice: a clerk finds the pair, looks at both, and merges them; and looks for a group with filters.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, equal, shows, home, desk, person, look, lookAtBoth, scratch } from "../harness.mjs";

// A pupil of the demonstration, told of once more by a document.
async function toldAgain(at, document) {
  const [head, ...rows] = readFileSync(join(scratch, "portal/registers/persons.csv"), "utf8").split("\n");
  const names = head.split(",");
  const field = (row, name) => row.split(",")[names.indexOf(name)];
  const one = rows.filter((row) => field(row, "number") && field(row, "birth") > "2010").at(at);
  const admin = await person("admin", { viewport: desk });
  await admin.goto(`${home}/staff/import`);
  await admin.selectOption("#register", "persons");
  await admin.setInputFiles("#file", { name: "persons.csv", mimeType: "text/csv", buffer: Buffer.from(
    `document,given,family,birth\n${document},${field(one, "given")},${field(one, "family")},${field(one, "birth")}\n`) });
  await admin.click("main form button");
  await admin.getByText("1").first().waitFor();
  await admin.context().close();
  return field(one, "family");
}

test("a clerk merges two records of one pupil, without a script", async () => {
  const family = await toldAgain(-1, "AZ-TWICE-1");

  const clerk = await person("clerk", { viewport: desk, javaScriptEnabled: false });
  await clerk.goto(`${home}/staff/`);
  await clerk.getByRole("link", { name: "Ehtimal olunan təkrarlar" }).click();
  await clerk.getByRole("heading", { name: "Ehtimal olunan təkrarlar" }).waitFor();
  const pairs = clerk.locator("a.nar-card", { hasText: family });
  await pairs.first().click();
  await clerk.getByRole("heading", { name: "Bu, bir şəxsdir?" }).waitFor();
  const both = new URL(clerk.url()).pathname.split("/").slice(-2);
  await clerk.locator("input[name=kept]").first().check();
  await clerk.getByRole("button", { name: "Nə olacağına bax" }).click();
  await clerk.getByRole("heading", { name: "Nə olacaq" }).waitFor();
  await clerk.getByRole("button", { name: "Birləşdir" }).click();
  await clerk.getByRole("alert").waitFor();
  await clerk.locator("input[name=kept]").first().check();
  await clerk.check("#sure");
  await clerk.getByRole("button", { name: "Birləşdir" }).click();
  await clerk.getByText("İki qeyd indi birdir.").waitFor();
  const kept = new URL(clerk.url()).pathname.split("/").pop();
  await clerk.goto(`${home}/staff/pupils/${both.find((id) => id !== kept)}`);
  equal(new URL(clerk.url()).pathname, `/staff/pupils/${kept}`, "where the old bookmark leads");
  await clerk.context().close();
});

test("a clerk looks at a pair and says that they are two people", async () => {
  const family = await toldAgain(-2, "AZ-TWICE-2");
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/persons/`);
  await lookAtBoth(clerk, "person-pairs");
  const before = await clerk.locator("a.nar-card").count();
  await clerk.locator("a.nar-card", { hasText: family }).first().click();
  await clerk.getByLabel("Birinci qeyd").check();
  await clerk.getByRole("button", { name: "Nə olacağına bax" }).click();
  await clerk.getByRole("heading", { name: "Nə olacaq" }).waitFor();
  await lookAtBoth(clerk, "person-compare");
  await clerk.getByRole("button", { name: "Bunlar iki nəfərdir" }).click();
  await clerk.getByText("Bunlar iki nəfərdir.").waitFor();
  await shows(clerk.locator("a.nar-card"), before - 1, "pairs that are left");
  await clerk.context().close();
});

test("a parent finds a group by direction and day, without a script", async () => {
  const parent = await person(null, { viewport: desk, javaScriptEnabled: false });
  await parent.goto(`${home}/services/club`);
  await parent.selectOption("#direction", "creative");
  await parent.selectOption("#day", "6");
  await parent.fill("#age", "9");
  await parent.getByRole("button", { name: "Göstər" }).click();
  await parent.getByRole("link", { name: "Rəsm", exact: true }).waitFor();
  await shows(parent.locator(".nar-cards .nar-card"), 1, "groups that are found");
  await parent.context().close();
  const seen = await person(null, { viewport: desk });
  await seen.goto(`${home}/services/club?direction=creative`);
  await look(seen, "club-found");
  await seen.context().close();
});
