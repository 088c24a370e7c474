// A contest to its end: the rest of the jury scores, two clerks rank, certificates are issued and checked.
import { test, inEveryManner, equal, home, desk, telephone, person, look, lookAtBoth } from "../harness.mjs";

inEveryManner();

// As the page of a work sends it, without drawing it: how it looks is seen elsewhere.
const scoreAll = async (login) => {
  const member = await person(login);
  const read = async (path) => (await member.request.get(home + path)).text();
  for (const [, path] of (await read("/cabinet/jury/")).matchAll(/href="(\/cabinet\/jury\/[^"]+)"/g)) {
    const work = await read(path);
    const points = [...work.matchAll(/ name="(points-[^"]+)"/g)];
    if (!points.length) continue;
    const value = (name) => work.match(new RegExp(`name="${name}" value="([^"]*)"`))[1];
    const answer = await member.request.post(home + path, { maxRedirects: 0, form: {
      ...Object.fromEntries(points.map(([, name], at) => [name, String(8 - at)])), what: "score",
      csrf_token: value("csrf_token"), whose: value("whose"), key: value("key") } });
    equal(answer.status(), 302, `a sheet of ${login}`);
  }
  await member.context().close();
};

test("a contest ends: ranked by two, certificates issued, found by who won and checked by anybody", async () => {
  for (const login of ["executor", "executor2", "head", "finance", "school", "steward"]) await scoreAll(login);
  const first = await person("clerk", { viewport: desk });
  await first.goto(`${home}/staff/offerings/?service=contest`);
  await first.getByRole("link", { name: "Ən yaxşı təqdimat – 2026", exact: true }).click();
  const round = first.url();
  await first.getByRole("button", { name: "Reytinqi təklif et" }).click();
  await first.getByText("9 müraciətdən 9 reytinqdədir").waitFor();
  await first.context().close();

  const second = await person("clerk2", { viewport: desk });
  await second.goto(round);
  await second.getByRole("button", { name: "Reytinqi təsdiqlə" }).click();
  await second.locator("summary", { hasText: "Sertifikatları ver" }).click();
  await second.getByRole("button", { name: "İndi ver" }).click();
  await second.getByText("9 sertifikat verilib").waitFor();
  // The page asks again while there are more each time; this one does not.
  await second.goto(round);
  await lookAtBoth(second, "round-certificates");
  await second.goto(`${round}/ranking`);
  await lookAtBoth(second, "round-certificates-ranking");
  await second.context().close();

  const pupil = await person("pupil", { viewport: telephone });
  await pupil.goto(`${home}/cabinet/`);
  await pupil.locator("a.nar-card", { hasText: "Ən yaxşı təqdimat" }).click();
  await look(pupil, "contest-won-telephone");
  const file = await pupil.request.get(
    home + await pupil.getByRole("link", { name: "PDF", exact: true }).getAttribute("href"));
  const nobody = await person(null, { viewport: telephone });
  await nobody.goto(`${home}/verify`);
  await nobody.setInputFiles("#file", {
    name: "certificate.pdf", mimeType: "application/pdf", buffer: await file.body() });
  await nobody.locator("form", { has: nobody.locator("#file") }).getByRole("button").last().click();
  await nobody.locator(".nar-verdict--valid").waitFor();
  await look(nobody, "contest-verified-telephone");
  for (const page of [pupil, nobody]) await page.context().close();
});
