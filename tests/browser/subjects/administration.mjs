// What an administrator and clerks keep: accounts and roles, centres with their rooms, windows of seasons.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, inEveryManner, equal, shows, home, desk, telephone, person, look, lookAtBoth, scratch } from "../harness.mjs";

inEveryManner();

test("an administrator gives a role, and takes it away", async () => {
  // The registers of the demonstration are beside its store.
  const [head, ...rows] = readFileSync(join(scratch, "portal/registers/persons.csv"), "utf8").split("\n");
  const names = head.split(",");
  const field = (row, name) => row.split(",")[names.indexOf(name)];
  const one = rows.find((row) => field(row, "number") && field(row, "birth") < "1990");
  const [year, month, day] = field(one, "birth").split("-");
  const admin = await person("admin", { viewport: desk });
  await admin.goto(`${home}/staff/`);
  await admin.getByRole("link", { name: "Hesablar və rollar" }).click();
  await lookAtBoth(admin, "accounts");
  const before = await admin.locator("tbody tr").count();
  await admin.getByRole("link", { name: "Rol ver" }).click();
  await admin.getByRole("button", { name: "Rolu ver" }).click();
  await admin.getByRole("alert").waitFor();
  await lookAtBoth(admin, "account-role");
  await admin.fill("#number", field(one, "number"));
  for (const [part, value] of Object.entries({ day, month, year })) await admin.fill(`#birth-${part}`, value);
  await admin.selectOption("#role", "steward");
  await admin.selectOption("#scope", "centre");
  await admin.fill("#code", "ABS-C01");
  await admin.getByRole("button", { name: "Rolu ver" }).click();
  await admin.getByText("bundan sonra qüvvədədir").waitFor();
  await shows(admin.locator("tbody tr"), before + 1, "roles");
  await admin.locator("tbody tr", { hasText: field(one, "family") }).getByRole("link").click();
  await lookAtBoth(admin, "account-revoke");
  await admin.getByRole("button", { name: "Geri al" }).click();
  await shows(admin.locator("tbody tr"), before, "roles after one was taken away");
  await admin.context().close();
  const clerk = await person("clerk");
  equal((await clerk.goto(`${home}/staff/accounts/`)).status(), 404, "the page for who is no administrator");
  await clerk.context().close();
});

test("centres and rooms come from files, and the time of a registration is changed", async () => {
  const admin = await person("admin", { viewport: desk });
  const bring = async (register, text) => {
    await admin.goto(`${home}/staff/import`);
    await admin.selectOption("#register", register);
    await admin.setInputFiles("#file", { name: `${register}.csv`, mimeType: "text/csv", buffer: Buffer.from(text) });
    await admin.click("main form button");
  };
  await bring("rooms", "centre,room,rows,columns\nZZ999,101,5,6\n");
  await admin.getByRole("alert").waitFor();
  await lookAtBoth(admin, "import-refused");
  await bring("centres", "code,name,address,region,latitude,longitude\n"
    + "ZZ999,Şəhər 1 nömrəli İmtahan Mərkəzi,\"Nizami küç. 1\",ABS,40.4,49.85\n");
  await admin.getByText("1").first().waitFor();
  await lookAtBoth(admin, "import-done");
  await bring("rooms", "centre,room,rows,columns\nZZ999,101,5,6\n");
  await admin.goto(`${home}/staff/centres`);
  await lookAtBoth(admin, "centres");
  await admin.goto(`${home}/staff/centres/ZZ999`);
  await admin.getByRole("cell", { name: "30" }).waitFor();
  await lookAtBoth(admin, "rooms");
  await admin.context().close();

  const clerk = await person("clerk", { viewport: telephone });
  await clerk.goto(`${home}/staff/`);
  await clerk.locator("a[href$='/window']").first().click();
  const closes = await clerk.inputValue("#closes");
  await clerk.fill("#closes", "2020-01-01T00:00");
  await clerk.click("main form button");
  await clerk.getByRole("alert").waitFor();
  await look(clerk, "season-window-telephone");
  await clerk.fill("#closes", closes);
  await clerk.click("main form button");
  await clerk.waitForURL(/staff\/$/);
  await clerk.context().close();
});

test("a token lets a program in as who made it, until it is ended", async () => {
  const school = await person("school", { viewport: telephone });
  await school.goto(`${home}/cabinet/profile`);
  await school.getByRole("link", { name: "Proqramlar üçün giriş" }).click();
  await school.getByText("Hələ token yaratmamısınız").waitFor();
  await school.getByRole("button", { name: "Token yarat" }).click();
  await school.getByRole("alert").waitFor();
  await school.fill("#title", "Məktəbin reyestri");
  await school.selectOption("#days", "30");
  await school.getByRole("button", { name: "Token yarat" }).click();
  const token = (await school.textContent("#token")).trim();
  await lookAtBoth(school, "access-made");
  const asks = async () => (await fetch(`${home}/api/v1/identity`, { headers: { Authorization: `Bearer ${token}` } })).status;
  equal(await asks(), 200, "the program's answer");
  await school.reload();
  await school.goto(`${home}/cabinet/programs/`);
  equal((await school.content()).includes(token), false, "the token is shown again");
  await school.fill("#title", "Məktəbin reyestri");
  await school.getByRole("button", { name: "Token yarat" }).click();
  await school.getByRole("alert").waitFor();
  await lookAtBoth(school, "access-twice");
  await school.getByRole("button", { name: "Son qoy" }).click();
  await school.getByText("Ona son qoyuldu").waitFor();
  equal(await asks(), 401, "the program's answer afterwards");
  await school.context().close();
});
