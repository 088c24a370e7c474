// The pages that anybody sees, the languages, and what is not there.
import { test, equal, home, desk, telephone, person, look } from "../harness.mjs";

test("the open pages, on a telephone in all three languages, and on a desk", async () => {
  for (const [size, viewport, locales] of [["desk", desk, ["az"]], ["telephone", telephone, ["az", "en", "ru"]]]) {
    for (const locale of locales) {
      const page = await person(null, { locale, viewport });
      for (const [name, path] of Object.entries({
        home: "/", service: "/services/olympiad", clubs: "/services/club", "sign-in": "/sign-in", register: "/register",
        recover: "/recover", verify: "/verify",
        calendar: "/calendar/2024?received=2024-03-07T16:00&count=3",
        "appeal-figures": "/appeals/figures", "appeal-unnamed": "/appeals/new",
        "appeal-follow": "/appeals/follow", "appeal-answers": "/appeals/answers", programs: "/api/v1/",
      })) {
        await page.goto(home + path);
        equal(await page.getAttribute("html", "lang"), locale, "language");
        await look(page, `${name}-${locale}-${size}`);
      }
      await page.context().close();
    }
  }
});

test("the language is chosen in the header, and the cabinet speaks it", async () => {
  const page = await person("parent", { viewport: telephone });
  await page.goto(`${home}/cabinet/`);
  await page.locator("header").getByRole("button", { name: "Русский" }).click();
  await page.locator("html[lang=ru]").waitFor();
  for (const [name, path] of Object.entries({
    cabinet: "/cabinet/", messages: "/cabinet/notifications", family: "/cabinet/family", references: "/cabinet/references/",
    invoices: "/cabinet/payments/", appeal: "/cabinet/appeals/new",
  })) {
    equal((await page.goto(home + path)).status(), 200, path);
    await look(page, `${name}-ru-telephone`);
  }
  await page.locator("header").getByRole("button", { name: "Azərbaycanca" }).click();
  await page.locator("html[lang=az]").waitFor();
  await page.context().close();
});

test("what is not theirs is not found", async () => {
  const page = await person("pupil", { viewport: desk });
  equal((await page.goto(`${home}/staff/`)).status(), 404, "staff pages for a pupil");
  equal((await page.goto(`${home}/cabinet/00000000-0000-7000-8000-000000000009/` +
    "00000000-0000-7000-8000-000000000009")).status(), 404, "another's application");
  await look(page, "not-found-desk");
  await page.context().close();
});
