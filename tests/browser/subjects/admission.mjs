// Registration of admitted students.
import { test, inEveryManner, equal, shows, home, desk, telephone, person, look, goOn, check, send } from "../harness.mjs";

inEveryManner();

test("an admitted person registers, has a concession, pays, and is confirmed", async () => {
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/services/admission`);
  await parent.getByRole("link", { name: "Qəbulumu tap" }).click();
  await parent.getByText("qeydiyyatdan keçməyib").first().waitFor();
  await look(parent, "admission-telephone");
  const mine = parent.locator("section.nar-card", { hasText: "magistratura" });
  await mine.getByRole("link", { name: "Qeydiyyatdan keçin" }).click();
  await look(parent, "request-tasks-telephone");
  await parent.locator(".govuk-task-list__link").first().click();
  await parent.fill('[name="/phone"]', "050 123 45 67");
  await parent.fill('[name="/address"]', "Bakı, Nizami küçəsi 1");
  await goOn(parent);
  await parent.fill('[name="/education_document"]', "A 123456");
  await parent.check('[name="/dormitory"][value="false"]');
  await goOn(parent);
  for (const answer of ['"/concession"][value="low_income"', '"/consent"']) await parent.check(`[name=${answer}]`);
  await goOn(parent);
  await parent.locator("#document-evidence").waitFor();
  await goOn(parent);
  await check(parent);
  await look(parent, "admission-evidence-telephone");
  await parent.getByRole("link", { name: "Güzəşt üçün sübut lazımdır" }).click();
  await parent.setInputFiles("#document-evidence",
    { name: "arayış.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a proof") });
  await goOn(parent);
  await check(parent);
  await send(parent);
  await parent.locator(".govuk-panel").waitFor();
  await parent.getByText("Güzəşt yoxlanılır").first().waitFor();
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
  await parent.getByText(/1\D500\D00/).first().waitFor();
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
