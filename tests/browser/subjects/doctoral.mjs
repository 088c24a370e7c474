// Doctoral admission: applying with papers, admitted to the examinations, called to them; the result and the fee.
import { test, inEveryManner, shows, home, desk, telephone, person, look, goOn, check, send } from "../harness.mjs";

inEveryManner();

const paper = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a paper") });

test("a candidate applies for doctoral studies, and is called to the examinations", async () => {
  const own = await person("finance", { viewport: telephone });
  await own.goto(`${home}/services/doctoral`);
  await own.locator(".nar-card", { hasText: "Azərbaycan tarixi" }).locator("a.govuk-button").click();
  await look(own, "doctoral-tasks-telephone");
  await own.locator(".govuk-task-list__link").first().click();
  await own.selectOption("#choice-0", { label: "Azərbaycan tarixi, ödənişli" });
  await look(own, "doctoral-choices-telephone");
  await goOn(own);
  await own.fill('[name="/phone"]', "050 123 45 67");
  await own.check('[name="/degree"][value="master"]');
  await own.fill('[name="/diploma_year"]', "2021");
  await own.check('[name="/language"][value="en"]');
  await own.fill('[name="/topic"]', "Oʻzbek və Azərbaycan salnamələrində Şirvanşahlar dövlətinin xarici siyasəti");
  await own.check('[name="/concession"][value="none"]');
  await look(own, "doctoral-answers-telephone");
  await goOn(own);
  for (const kind of ["identity", "diploma", "proposal"]) await own.setInputFiles(`#document-${kind}`, paper(`${kind}.pdf`));
  await goOn(own);
  await check(own);
  await look(own, "doctoral-check-telephone");
  await send(own);
  await own.locator(".govuk-panel").waitFor();
  const place = new URL(own.url()).pathname;

  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}${place.replace("/cabinet/", "/staff/")}`);
  await look(clerk, "doctoral-case-desk");
  await clerk.locator("summary", { hasText: "İmtahanlara burax" }).click();
  await clerk.getByRole("button", { name: "İmtahanlara burax" }).click();
  await clerk.goto(`${home}/staff/offerings/?service=doctoral`);
  await clerk.getByRole("link", { name: "Azərbaycan tarixi – BDU", exact: true }).click();
  const round = clerk.url();
  for (const kind of ["language", "philosophy", "speciality"]) {
    await clerk.goto(`${round}/slots/${kind}`);
    await clerk.getByRole("button", { name: "Vaxt ver" }).click();
    await clerk.getByText("1 nəfərə vaxt verildi").waitFor();
  }
  await own.goto(home + place);
  await shows(own.getByText("BDU, əsas korpus"), 3, "examinations to which one is called");
  await look(own, "doctoral-called-telephone");
  for (const page of [own, clerk]) await page.context().close();
});

test("who is admitted to doctoral studies sees the result and pays the fee", async () => {
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/offerings/?service=doctoral`);
  await clerk.getByRole("link", { name: "İnformatika – ADPU", exact: true }).click();
  await clerk.getByText("Təsdiqlənib").first().waitFor();
  await look(clerk, "doctoral-round-desk");
  await clerk.context().close();
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/cabinet/`);
  await parent.locator("a.nar-card", { hasText: "İnformatika" }).click();
  await parent.getByText(/4\D500\D00/).first().waitFor();
  await look(parent, "doctoral-result-telephone");
  await parent.locator("main").getByRole("link", { name: "Təhsil haqqını ödə" }).click();
  await parent.getByText(/4\D500\D00/).first().waitFor();
  await look(parent, "doctoral-fee-telephone");
  await parent.context().close();
});
