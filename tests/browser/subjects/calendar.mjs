// The working calendar: its terms, and the days off that are announced.
import { test, inEveryManner, equal, home, telephone, person, look } from "../harness.mjs";

inEveryManner();

test("the calendar tells when an answer is due and why", async () => {
  // What is said of days is read in one language.
  const page = await person(null, { viewport: telephone, locale: "az" });
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

test("an admin enters what is announced", async () => {
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
