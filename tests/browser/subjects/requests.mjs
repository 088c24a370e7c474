// A service that is only a file of definitions.
import { test, inEveryManner, equal, shows, home, desk, telephone, person, look, goOn, check, send } from "../harness.mjs";

inEveryManner();

test("a service that is only a file: asked, given back, corrected, approved", async () => {
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/services/school_bus`);
  await parent.getByRole("link", { name: "Müraciət et" }).click();
  await parent.locator("a.nar-card").last().click();
  await look(parent, "request-tasks-telephone");
  const task = (name) => parent.locator(".govuk-task-list__link", { hasText: name }).click();
  await task("Yol");
  await parent.fill('[name="/grade"]', "7");
  await goOn(parent);
  await parent.getByRole("alert").waitFor();
  equal(await parent.inputValue('[name="/grade"]'), "7", "what was typed");
  await look(parent, "request-errors-telephone");
  await parent.getByRole("button", { name: "Yadda saxla, sonra davam et" }).click();
  await parent.locator("a.nar-card--quiet", { hasText: "Məktəb avtobusu" }).click();
  await parent.getByText("Tamamlanmayıb").waitFor();
  await task("Sənədlər");
  const paper = { name: "arayış.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a note") };
  await parent.setInputFiles("#document-help", [paper, { ...paper, name: "şəkil.png", buffer: Buffer.from("MZ") }]);
  await goOn(parent);
  await parent.locator(".govuk-error-summary", { hasText: "şəkil.png" }).waitFor();
  await shows(parent.locator(".nar-files li"), 1, "what is no document was not kept, the other was");
  await look(parent, "request-documents-telephone");
  await parent.getByRole("button", { name: "Çıxar" }).click();
  await parent.locator(".nar-files").waitFor({ state: "detached" });
  await parent.setInputFiles("#document-help", paper);
  await parent.getByRole("button", { name: "Seçilmiş faylları əlavə et" }).click();
  await parent.locator(".nar-files a", { hasText: "arayış.pdf" }).waitFor();
  await parent.getByRole("link", { name: "Geri", exact: true }).click();
  await task("Yol");
  equal(await parent.inputValue('[name="/grade"]'), "7", "what was typed and not sent");
  for (const answer of ['"/ways"][value="home"', '"/stop"][value="market"', '"/needs_help"][value="false"']) {
    await parent.check(`[name=${answer}]`);
  }
  await goOn(parent);
  await parent.fill('[name="/contact/name"]', "Leyla");
  await parent.fill('[name="/contact/telephone"]', "050 123 45 67");
  await goOn(parent);
  await parent.check('[name="/consent"]');
  await goOn(parent);
  await parent.locator(".nar-files a", { hasText: "arayış.pdf" }).waitFor();
  await goOn(parent);
  await check(parent);
  await send(parent);
  await parent.locator(".govuk-panel").waitFor();
  const number = await parent.textContent(".govuk-panel strong");
  await look(parent, "request-sent-telephone");
  const place = new URL(parent.url()).pathname;
  await parent.goto(`${home}/cabinet/`);
  await parent.locator(`a[href="${place}"]`, { hasText: number }).waitFor();

  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/requests/?service=school_bus`);
  await look(clerk, "request-desk");
  await clerk.locator("tr", { hasText: number }).waitFor();
  await clerk.fill("#number", number);
  await clerk.getByRole("button", { name: "Axtarın" }).click();
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
  await parent.getByText("Düzəldilməlidir").waitFor();
  await task("Əlaqə");
  await parent.getByText("Nömrə cavab vermir").first().waitFor();
  await parent.fill('[name="/contact/telephone"]', "055 765 43 21");
  await goOn(parent);
  await parent.getByRole("link", { name: "Geri", exact: true }).click();
  await task("Yoxla və göndər");
  await check(parent);
  await send(parent);
  await parent.locator(".govuk-panel").waitFor();

  await clerk.goto(`${home}/staff/requests/?service=school_bus`);
  await clerk.locator("input[name=item]").first().check();
  await clerk.selectOption("#action", "approve");
  await clerk.getByRole("button", { name: "Nə olacağına bax" }).click();
  await clerk.getByText("Bu, 1 müraciətə tətbiq ediləcək.").waitFor();
  await clerk.getByRole("button", { name: "İcra et" }).click();
  await clerk.getByText("1 müraciət icra edildi.").waitFor();
  await look(clerk, "request-bulk-desk");
  // What the state does not permit is told for itself.
  await clerk.goto(`${home}/staff/requests/?service=school_bus&state=approved`);
  await clerk.locator("input[name=item]").first().check();
  await clerk.selectOption("#action", "approve");
  await clerk.getByRole("button", { name: "Nə olacağına bax" }).click();
  await clerk.getByText("mümkün deyil").waitFor();
  await look(clerk, "request-bulk-refused-desk");
  await parent.goto(home + place);
  await parent.getByText("Təsdiqlənib").first().waitFor();
  for (const page of [parent, clerk]) await page.context().close();
});
