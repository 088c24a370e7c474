// Rounds of contests, groups and vacancies.
import { test, inEveryManner, equal, home, desk, telephone, person, look, lookAtBoth, soon } from "../harness.mjs";

inEveryManner();

// Where the round of an offering is kept, by the title of the offering.
const roundOf = async (page, service, title) => {
  await page.goto(`${home}/staff/offerings/?service=${service}`);
  await page.getByRole("link", { name: title, exact: true }).click();
  await page.getByRole("heading", { name: title }).waitFor();
  return page.url();
};

test("a jury member scores without knowing whose it is", async () => {
  for (const [size, viewport] of Object.entries({ telephone, desk })) {
    const member = await person("executor2", { viewport });
    await member.goto(`${home}/cabinet/`);
    await member.getByRole("link", { name: "Qiymətləndirilən işlər" }).click();
    await look(member, `jury-${size}`);
    const before = await member.getByText("qiymətləndirilməlidir").count();
    await member.locator("a.nar-card", { hasText: "Ən yaxşı təqdimat" }).first().click();
    await member.getByText("Siz müəllifi görmürsünüz").waitFor();
    const [file] = await Promise.all([member.waitForEvent("download"),
      member.getByRole("link", { name: "Təqdimatın faylı" }).click()]);
    equal(file.suggestedFilename(), "work.pdf", "the file is named after its kind");
    await member.fill("#points-content", "11");
    await member.fill("#points-originality", "7,5");
    await member.fill("#points-design", "8");
    await member.getByRole("button", { name: "Ballarımı saxla" }).click();
    await member.getByRole("alert").waitFor();
    equal(await member.inputValue("#points-originality"), "7,5", "what was typed stays");
    await look(member, `jury-work-${size}`);
    await member.fill("#points-content", "9");
    await member.fill("#comment", "Nəticəni bir cümlə ilə deyin.");
    await member.getByRole("button", { name: "Ballarımı saxla" }).click();
    await member.waitForURL(/jury\/$/);
    equal(await member.getByText("qiymətləndirilməlidir").count(), before - 1, "what is to be scored");
    await member.context().close();
  }
  const clerk = await person("clerk", { viewport: desk });
  const contest = await roundOf(clerk, "contest", "Ən yaxşı təqdimat – 2026");
  await clerk.getByText("Reytinq təsdiqləndikdən sonra mümkündür").waitFor();
  await lookAtBoth(clerk, "round-contest");
  await clerk.goto(`${contest}/panel`);
  await lookAtBoth(clerk, "round-panel");
  await clerk.getByRole("button", { name: "İşləri payla" }).click();
  await clerk.getByText("0 vərəq paylandı").waitFor();
  await clerk.context().close();
});

test("two clerks rank by lottery, and a parent sees the place and why", async () => {
  const first = await person("clerk", { viewport: desk });
  const round = await roundOf(first, "club", "Teatr");
  await first.getByRole("button", { name: "Reytinqi təklif et" }).click();
  await first.getByRole("button", { name: "Reytinqi təsdiqlə" }).click();
  await first.getByText("Başqa şəxs təsdiqləməlidir").first().waitFor();
  await lookAtBoth(first, "round-proposed");
  await first.goto(`${round}/ranking`);
  equal(await first.getByText("yer alacaq").count(), 5, "who is to get a place");
  await lookAtBoth(first, "round-ranking");
  await first.context().close();
  const second = await person("clerk2", { viewport: desk });
  await second.goto(round);
  await second.getByRole("button", { name: "Reytinqi təsdiqlə" }).click();
  await second.getByText("5 yer verildi").waitFor();
  await look(second, "round-confirmed-desk");
  await second.context().close();
  const parent = await person("parent", { viewport: telephone, locale: "az" });
  await parent.goto(`${home}/cabinet/`);
  await parent.locator("a.nar-card", { hasText: "Teatr" }).click();
  await parent.getByText("yer, 12 nəfərdən").waitFor();
  await parent.getByText("Püşkatma və onu necə yoxlamaq olar").click();
  await look(parent, "round-result-telephone");
  const number = (await parent.getByText("orada nömrəniz:").textContent()).match(/nömrəniz: (\w+)/)[1];
  await parent.getByRole("link", { name: "Bütün reytinq, adsız" }).click();
  await parent.getByText(number).waitFor();
  await look(parent, "round-open-telephone");
  await parent.context().close();
});

test("an offer is seen with its reason and its interview, and accepted", async () => {
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/cabinet/`);
  await parent.locator("a.nar-card", { hasText: "Payız müsabiqəsi" }).click();
  await parent.getByText("otaq 12").waitFor();
  const [file] = await Promise.all([parent.waitForEvent("download"),
    parent.getByRole("link", { name: "Təqvimə əlavə et" }).click()]);
  equal(file.suggestedFilename(), "time.ics", "a file for the calendar");
  await look(parent, "interview-telephone");
  await parent.goto(`${home}/cabinet/`);
  await parent.locator("a.nar-card", { hasText: "Yer təklif olunub" }).click();
  await parent.getByText("Cavab olmasa, yer növbəti şəxsə keçir.").waitFor();
  await look(parent, "offer-telephone");
  await parent.locator("summary", { hasText: "Təklifi qəbul edirəm" }).click();
  await parent.getByRole("button", { name: "Təklifi qəbul edirəm" }).click();
  await parent.getByText("Təklif qəbul edilib").first().waitFor();
  await parent.context().close();
});

test("points come from a file, and people to interviews", async () => {
  const clerk = await person("clerk", { viewport: desk });
  const round = await roundOf(clerk, "recruitment", "Payız müsabiqəsi");
  await clerk.goto(`${round}/scores/test`);
  await clerk.getByText("Balları fayldan yüklə").click();
  await clerk.setInputFiles("#file", { name: "points.csv", mimeType: "text/csv",
    buffer: Buffer.from("number,points\nZZZZZZZ,70\nYYYYYYY,101\n") });
  await clerk.getByRole("button", { name: "Yüklə" }).click();
  await clerk.getByRole("alert").waitFor();
  equal(await clerk.locator("details[open] tbody tr").count(), 2, "faults of the file");
  await lookAtBoth(clerk, "scores-faults");
  await clerk.locator("td input").first().fill("200");
  await clerk.getByRole("button", { name: "Balları saxla" }).click();
  await clerk.getByText("Bal hədlərdən kənardır").first().waitFor();
  await clerk.locator("td input").first().fill("81");
  await clerk.getByRole("button", { name: "Balları saxla" }).click();
  await clerk.getByText("Saxlanıldı.").waitFor();
  await lookAtBoth(clerk, "scores");
  await clerk.goto(`${round}/slots/interview`);
  await clerk.fill("#starts", soon(9));
  await clerk.fill("#count", "2");
  await clerk.fill("#venue", "Gəncə, Atatürk pr. 5");
  await clerk.getByRole("button", { name: "Vaxtları yarat" }).click();
  await clerk.getByText("Gəncə, Atatürk pr. 5").nth(1).waitFor();
  await clerk.getByRole("button", { name: "Vaxt ver" }).click();
  await clerk.getByText("0 nəfərə vaxt verildi").waitFor();
  await lookAtBoth(clerk, "slots");
  await clerk.locator("tbody a").first().click();
  await clerk.locator("tbody select").first().waitFor();
  const people = await clerk.locator("tbody tr").count();
  await clerk.locator("tbody select").first().selectOption({ index: 2 });
  await clerk.getByRole("button", { name: "Keçir" }).first().click();
  await clerk.getByText(`yerdən ${people - 1} doludur`).waitFor();
  await lookAtBoth(clerk, "slot");
  await clerk.context().close();
});

test("a test is planned, and a vacancy asks for a document of its own", async () => {
  const clerk = await person("clerk", { viewport: desk });
  const round = await roundOf(clerk, "recruitment", "Payız müsabiqəsi");
  await clerk.getByRole("link", { name: "Planlaşdırın, yerləri bölün" }).click();
  await clerk.fill("#starts", soon(20));
  await clerk.fill("#minutes", "x");
  await clerk.getByRole("button", { name: "Planlaşdır", exact: true }).click();
  await clerk.getByRole("alert").waitFor();
  await clerk.fill("#minutes", "90");
  await clerk.getByRole("button", { name: "Planlaşdır", exact: true }).click();
  await clerk.locator("a.nar-card", { hasText: "90 dəqiqə" }).waitFor();
  await lookAtBoth(clerk, "round-sittings");
  await clerk.locator("a.nar-card", { hasText: "90 dəqiqə" }).click();
  await clerk.getByText("Planlaşdırılıb").waitFor();
  await lookAtBoth(clerk, "sitting-of-round");
  await clerk.getByRole("button", { name: "Siyahını təsdiqləyin" }).click();
  await clerk.getByText("Siyahı təsdiqlənib").or(clerk.getByText("Heç kim")).first().waitFor();
  await clerk.goto(round);
  await clerk.locator("main ul.govuk-list a").first().click();
  const vacancy = clerk.url();
  await clerk.locator("summary", { hasText: "Daha bir sənəd tələb et" }).click();
  await clerk.fill("#document-0-code", "licence");
  await clerk.fill("#document-0-az", "Qaynaqçı vəsiqəsi");
  await clerk.fill("#document-0-en", "Welder's licence");
  await clerk.getByRole("button", { name: "Saxla" }).click();
  await clerk.getByText("Bu sənədi belə tələblə heç kim təqdim edə bilməz").first().waitFor();
  await lookAtBoth(clerk, "vacancy-document-fault");
  await clerk.fill("#document-0-ru", "Удостоверение сварщика");
  await clerk.getByRole("button", { name: "Saxla" }).click();
  await clerk.goto(vacancy);
  await clerk.locator("summary", { hasText: "Qaynaqçı vəsiqəsi" }).click();
  await lookAtBoth(clerk, "vacancy-document");
  await clerk.context().close();
  const anybody = await person(null, { viewport: telephone });
  await anybody.goto(vacancy.replace("/staff/", "/"));
  await anybody.getByText("Qaynaqçı vəsiqəsi").waitFor();
  await lookAtBoth(anybody, "vacancy");
  await anybody.context().close();
});
