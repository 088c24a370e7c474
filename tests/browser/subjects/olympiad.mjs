// A season: registration, allocation, seats; marks and appeals against them.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, inEveryManner, equal, shows, home, scratch, edu, desk, telephone, person, look, lookAtBoth, soon } from "../harness.mjs";

inEveryManner();

test("a clerk opens a season", async () => {
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

test("a pupil registers on a telephone without a script", async () => {
  const page = await person("pupil", { viewport: telephone, javaScriptEnabled: false });
  await page.goto(home);
  await page.getByRole("link", { name: "Coğrafiya olimpiadası" }).click();
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
  await shows(page.locator("a.nar-card", { hasText: "Coğrafiya olimpiadası" }).filter({ hasText: "Qeydiyyatdan keçib" }), 1,
    "registrations after sending twice");
  await page.context().close();
});

test("the pupil finds seat and slip in the cabinet", async () => {
  const page = await person("pupil", { viewport: telephone });
  await page.goto(`${home}/cabinet/`);
  await look(page, "cabinet-telephone");
  await page.getByRole("link", { name: "Azərbaycan dili olimpiadası" }).click();
  await look(page, "application-telephone");
  const link = await page.getByRole("link", { name: /PDF/ }).getAttribute("href");
  await page.getByText("Niyə bu mərkəz?").click();
  await look(page, "why-telephone");
  const slip = await page.request.get(home + link);
  equal(slip.headers()["content-type"], "application/pdf", "type of the slip");
  equal((await slip.body()).subarray(0, 5).toString(), "%PDF-", "the slip");
  await page.goto(`${home}/cabinet/notifications`);
  await look(page, "notifications-telephone");
  await page.context().close();
});

test("the pupil withdraws", async () => {
  const page = await person("pupil", { viewport: telephone });
  await page.goto(`${home}/cabinet/`);
  await page.getByRole("link", { name: "Coğrafiya olimpiadası" }).first().click();
  await page.getByRole("link", { name: "Geri götürün" }).click();
  await look(page, "withdraw-telephone");
  await page.getByRole("button").filter({ hasText: "Qeydiyyatı geri götürün" }).click();
  await page.getByText("Geri götürülüb").first().waitFor();
  await page.context().close();
});

test("a parent registers a child", async () => {
  const page = await person("parent", { viewport: telephone });
  await page.goto(home);
  await page.getByRole("link", { name: "Coğrafiya olimpiadası" }).click();
  await page.getByRole("link", { name: "Qeydiyyatdan keçin" }).click();
  await look(page, "who-telephone");
  await page.locator("main a.nar-card:not(.nar-card--quiet)").last().click();
  await page.getByRole("button", { name: "Qeydiyyatı göndərin" }).click();
  await page.getByText("Qeydiyyat qəbul olundu").first().waitFor();
  await page.context().close();
});

// The centres of the exclave take part, or do not.
function letTakePart(active) {
  const portal = join(scratch, "portal");
  const [head, ...lines] = readFileSync(join(portal, "registers/centres.csv"), "utf8").trimEnd().split("\n");
  const zone = head.split(",").indexOf("zone");
  const path = join(scratch, "exclave.csv");
  writeFileSync(path, [`${head},active`, ...lines.filter((line) => line.split(",").at(zone - head.split(",").length) === "NX")
    .map((line) => `${line},${active}`), ""].join("\n"));
  edu(portal, ["import", "centres", path]);
}

let sitting;
test("a clerk freezes the list, and is told who cannot be seated", async () => {
  const page = await person("clerk", { viewport: desk });
  await page.goto(`${home}/staff/`);
  await page.locator("section", { hasText: "Fizika olimpiadası" }).locator("a.nar-card").click();
  sitting = page.url();
  await look(page, "sitting-closed-desk");
  await page.getByRole("button", { name: "Siyahını təsdiqləyin" }).click();
  await page.getByRole("link", { name: "Hamıya yer çatırmı?" }).click();
  await page.getByText("Siyahıdakıların hamısına yer var.").waitFor();
  letTakePart(0);
  await page.goto(sitting);
  await page.getByRole("button", { name: "Bölün" }).click();
  await page.getByRole("link", { name: "Kimə yer çatmır və nə etmək olar" }).click();
  await page.locator("h2", { hasText: "NX" }).waitFor();
  await lookAtBoth(page, "shortages");
  await page.getByRole("link", { name: "Haradan gəlirlər" }).click();
  await page.locator("tbody tr").first().waitFor();
  await lookAtBoth(page, "left-over");
  letTakePart(1);
  await page.context().close();
});

test("a clerk allocates", async () => {
  const page = await person("clerk", { viewport: desk });
  await page.goto(sitting);
  await page.getByRole("button", { name: "Bölün" }).click();
  await page.getByText("Başqa məmur təsdiq etməlidir").waitFor({ timeout: 60000 });
  await look(page, "sitting-proposed-desk");
  await page.getByRole("link", { name: "Mərkəzlərin xəritəsi" }).click();
  await look(page, "map-desk");
  await page.goto(`${sitting}/report/school`);
  await look(page, "report-desk");
  await page.goto(`${sitting}/entries`);
  await look(page, "entries-desk");
  await page.goto(sitting);
  await page.getByText("Püşk və onu necə yoxlamaq olar").click();
  await look(page, "sitting-draw-desk");
  await page.goto(`${home}/staff/import`);
  await page.selectOption("#register", "centres");
  await page.setInputFiles("#file", {
    name: "centres.csv", mimeType: "text/csv", buffer: Buffer.from("code,title\nX1,Test\n"),
  });
  await page.click("main button.govuk-button");
  await page.getByRole("alert").waitFor();
  await look(page, "import-refused-desk");
  await page.context().close();
});

test("a second clerk confirms", async () => {
  const page = await person("clerk2", { viewport: desk });
  await page.goto(sitting);
  await page.getByRole("button", { name: "Təsdiq edin və hamıya bildirin" }).click();
  await page.getByText("Yerlər bölünüb").first().waitFor({ timeout: 60000 });
  await page.goto(`${sitting}/entries`);
  await page.getByRole("link", { name: /^Niyə orada/ }).first().click();
  await page.getByRole("heading", { name: "Niyə bu mərkəz?" }).waitFor();
  await look(page, "why-desk");
  await page.goto(`${sitting}/map`);
  await page.locator("tbody a").first().click();
  await look(page, "attendance-desk");
  const link = await page.getByRole("link", { name: /PDF/ }).getAttribute("href");
  equal((await page.request.get(home + link)).headers()["content-type"], "application/pdf", "list");
  await page.context().close();
});

test("certificates are printed file by file", async () => {
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/`);
  await clerk.locator("section", { hasText: "2026-biology" }).getByRole("link", { name: "Nəticələr" }).last().click();
  await clerk.getByRole("link", { name: "Sertifikatların çapı" }).click();
  await clerk.getByRole("heading", { name: "Fayl 1", exact: true }).waitFor();
  await look(clerk, "print-desk");
  const saved = await (await clerk.request.get(home + await clerk.getByRole("link", { name: "Faylı saxla (PDF)" })
    .getAttribute("href"))).body();
  equal(execFileSync("pdfinfo", ["-"], { input: saved }).toString().match(/^Pages:\s+(\d+)$/m)[1], "100", "pages");
  await clerk.getByRole("link", { name: "Növbəti fayl" }).click();
  await clerk.getByRole("heading", { name: "Fayl 2", exact: true }).waitFor();
  await clerk.context().close();
});

test("an appeal is checked, sent and answered by two clerks", async () => {
  const page = await person("pupil", { viewport: telephone });
  await page.goto(`${home}/cabinet/`);
  await page.getByRole("link", { name: "Nəticələr və sertifikatlar" }).first().click();
  await page.locator("main a.nar-card").first().click();
  await page.getByRole("link", { name: "Apellyasiya", exact: true }).click();
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
