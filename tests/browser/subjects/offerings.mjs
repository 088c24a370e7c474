// Groups: kept, seen, and continued the next year.
import { test, inEveryManner, equal, home, desk, telephone, person, look, lookAtBoth, soon, goOn, check, send } from "../harness.mjs";

inEveryManner();

test("a clerk keeps a group, and everybody sees it", async () => {
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/`);
  await clerk.getByRole("link", { name: "Qruplar, müsabiqələr" }).click();
  await clerk.getByRole("link", { name: "Dərnək və qruplar" }).click();
  await lookAtBoth(clerk, "offerings");
  await clerk.getByRole("link", { name: "Yenisini yarat" }).click();
  await clerk.click("main form button");
  await clerk.getByRole("alert").waitFor();
  await lookAtBoth(clerk, "offering-faults");
  await clerk.fill("#code", "astronomy");
  await clerk.fill("#title_az", "Astronomiya");
  await clerk.fill("#title_en", "Astronomy");
  await clerk.fill("#title_ru", "Астрономия");
  await clerk.fill("#opens", soon(-1));
  await clerk.fill("#closes", soon(20));
  await clerk.fill("#places", "12");
  await clerk.fill("#age_from", "8");
  await clerk.fill("#age_until", "14");
  await clerk.selectOption("#day-1", "3");
  await clerk.fill("#from-1", "16:00");
  await clerk.fill("#until-1", "17:30");
  await clerk.click("main form button");
  await clerk.getByRole("heading", { name: "Astronomiya" }).waitFor();
  await lookAtBoth(clerk, "round-new");
  const address = clerk.url().split("/").pop();
  await clerk.getByRole("link", { name: "Dəyişin" }).click();
  equal(await clerk.inputValue("#places"), "12", "what was kept is in the form");
  await clerk.fill("#places", "15");
  await clerk.click("main form button");
  await clerk.getByText("15 yerdən 0 tutulub").waitFor();
  await clerk.goto(`${home}/staff/offerings/new/club`);
  await clerk.fill("#code", "astronomy-next");
  await clerk.fill("#title_az", "Astronomiya, gələn il");
  await clerk.fill("#title_en", "Astronomy, next year");
  await clerk.fill("#title_ru", "Астрономия, следующий год");
  await clerk.selectOption("#follows", "astronomy");
  await clerk.fill("#begins", soon(300).slice(0, 10));
  await clerk.click("main form button");
  await clerk.getByRole("heading", { name: "Astronomiya, gələn il" }).waitFor();
  await clerk.getByRole("link", { name: "Dəyişin" }).click();
  equal(await clerk.inputValue("#follows"), "astronomy", "what it continues");
  equal(await clerk.inputValue("#begins"), soon(300).slice(0, 10), "its first day");
  await clerk.goto(`${home}/staff/tuition/?service=admission`);
  // Not that of the institution where somebody pays beside this.
  await clerk.locator(".nar-card", { hasText: "Kompüter elmləri" }).locator("a").first().click();
  await clerk.fill("#paid", "1250,50");
  await clerk.click("main form button");
  await clerk.getByText(/1\D250\D50/).waitFor();
  await clerk.getByText("Haqları fayldan yüklə").click();
  await clerk.setInputFiles("#file", { name: "fees.csv", mimeType: "text/csv",
    buffer: Buffer.from("programme,funding,amount\nunknown,paid,12\n") });
  await clerk.getByRole("button", { name: "Yüklə" }).click();
  await clerk.getByText("Bu kodla sizin apardığınız").waitFor();
  await lookAtBoth(clerk, "tuition-faults");
  await clerk.context().close();
  const nobody = await person(null, { viewport: telephone });
  await nobody.goto(`${home}/offerings/${address}`);
  await nobody.getByText("16:00–17:30").waitFor();
  await look(nobody, "offering-telephone");
  await nobody.context().close();
});

test("a group goes on next year: offered by who keeps it, answered by the parent", async () => {
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/services/club`);
  await parent.locator(".nar-card", { hasText: "Futbol" }).locator("a.govuk-button").click();
  await parent.locator("a.nar-card").last().click();
  await parent.fill('[name="/phone"]', "050 123 45 67");
  await goOn(parent);
  await check(parent);
  await look(parent, "request-check-telephone");
  await send(parent);
  await parent.locator(".govuk-panel").waitFor();

  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/requests/?service=club`);
  await clerk.getByRole("link", { name: "Futbol, növbəti il" }).click();
  await clerk.getByText("uşağa yer təklif olunacaq").waitFor();
  await look(clerk, "carry-preview-desk");
  await clerk.getByRole("button", { name: "Yerləri təklif et" }).click();
  await clerk.getByText("uşağa yer təklif olundu").waitFor();
  await look(clerk, "carry-done-desk");
  await clerk.goto(`${home}/staff/requests/?service=club`);
  await clerk.getByRole("link", { name: "Futbol, növbəti il" }).click();
  await clerk.getByText("0 uşağa yer təklif olunacaq").waitFor();

  await parent.goto(`${home}/cabinet/`);
  await parent.locator("a", { hasText: "Futbol, növbəti il" }).first().click();
  await parent.getByText("Yer təklif olunub").first().waitFor();
  await look(parent, "carry-offer-telephone");
  await parent.getByRole("button", { name: "Yeri saxla" }).click();
  await parent.getByText("Qəbul edilib").first().waitFor();
  await look(parent, "carry-accepted-telephone");
  for (const page of [parent, clerk]) await page.context().close();
});
