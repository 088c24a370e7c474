// What goes wrong in the middle: a sign-in that ended, the back button, two windows, two accounts.
import { test, equal, shows, home, telephone, desk, emptyPortal, person, passwordOf, look, lookAtBoth, goOn, check, send } from "../harness.mjs";

const signIn = async (page, login) => {
  await page.fill("#login", login);
  await page.fill("#password", passwordOf(login));
  await page.getByRole("button", { name: "Daxil ol" }).click();
};

// A browser drops the cookie when the sign-in ends.
const end = (page) => page.context().clearCookies({ name: "edu_session" });

const words = "Məktəbimizin həyətində işıq yoxdur, axşamlar uşaqlar qaranlıqda qayıdırlar.";
const write = async (page) => {
  await page.goto(`${home}/cabinet/appeals/new`);
  await page.selectOption("#category", { index: 1 });
  await page.fill("#text", words);
};

test("a sign-in that ended while typing loses nothing, and shows nothing to somebody else", async () => {
  const parent = await person("parent", { viewport: telephone, javaScriptEnabled: false });
  await write(parent);
  await end(parent);
  await parent.getByRole("button", { name: "Davam et" }).click();
  await parent.getByText("Yazdıqlarınız saxlanılıb").waitFor();
  await look(parent, "trouble-ended-telephone", false);
  equal((await parent.content()).includes("qaranlıqda"), false, "the text is on the page that asks to sign in");
  await parent.fill("#login", "parent");
  await parent.fill("#password", "not the password");
  await parent.getByRole("button", { name: "Daxil ol" }).click();
  await parent.locator(".govuk-error-summary").waitFor();
  await signIn(parent, "parent");
  await parent.locator("blockquote", { hasText: "qaranlıqda" }).waitFor();
  await look(parent, "trouble-kept-telephone", false);
  await parent.getByRole("button", { name: "Davam edin" }).click();
  await parent.getByText("Nazirliyə göndər").waitFor();
  equal(await parent.inputValue("#text"), words, "the text after signing in again");

  await end(parent);
  await parent.getByRole("button", { name: "Dəyişin" }).click();
  await parent.getByText("Yazdıqlarınız saxlanılıb").waitFor();
  await signIn(parent, "pupil");
  await parent.waitForURL(`${home}/cabinet/`);
  equal((await parent.content()).includes("qaranlıqda"), false, "the text is shown to another person");
  await parent.goto(`${home}/cabinet/appeals/new`);
  equal(await parent.inputValue("#text"), "", "the other's form");
  await parent.context().close();
});

test("what one account typed is not taken for another's that signed in in a second window", async () => {
  const one = await person("parent", { viewport: telephone, apart: true });
  await write(one);
  const two = await one.context().newPage();
  await two.goto(`${home}/cabinet/`);
  await two.getByRole("button", { name: "Çıxış" }).click();
  await two.goto(`${home}/sign-in`);
  await signIn(two, "pupil");
  await two.waitForURL(`${home}/cabinet/`);
  await one.getByRole("button", { name: "Davam et" }).click();
  await one.getByRole("heading", { name: "Burada başqası daxil olub" }).waitFor();
  await look(one, "trouble-other-telephone");
  equal((await one.content()).includes("qaranlıqda"), false, "the text is there for the other to read");
  await one.getByRole("button", { name: "Digər hesabla daxil ol" }).click();
  await signIn(one, "parent");
  await one.locator("blockquote", { hasText: "qaranlıqda" }).waitFor();
  await look(one, "trouble-kept-script-telephone");
  await one.context().close();
});

test("sent from two windows, and again by the back button, it is sent once", async () => {
  const one = await person("parent", { viewport: telephone });
  await one.goto(`${home}/services/club`);
  await one.locator(".nar-card", { hasText: "Milli rəqs" }).locator("a.govuk-button").click();
  await one.locator("a.nar-card").last().click();
  await one.fill('[name="/phone"]', "050 123 45 67");
  await goOn(one);
  await check(one);
  const two = await one.context().newPage();
  await two.goto(one.url());
  await check(two);
  await send(one);
  await one.locator(".govuk-panel").waitFor();
  const place = new URL(one.url()).pathname;
  await send(two);
  await two.getByText("Heç nə iki dəfə göndərilməyib").waitFor();
  equal(new URL(two.url()).pathname, place, "where the second window leads");
  await look(two, "trouble-already-telephone");
  await one.goBack();
  await one.getByText("Heç nə iki dəfə göndərilməyib").waitFor();
  equal(new URL(one.url()).pathname, place, "where the back button leads");
  await one.goto(`${home}/cabinet/`);
  await shows(one.locator(`a[href="${place}"]`), 1, "applications in the cabinet");
  await shows(one.locator(".nar-card--quiet", { hasText: "Milli rəqs" }), 0, "drafts left over");
  await one.context().close();
});

test("an appeal that was written in two windows is one, and another one is another", async () => {
  const one = await person("pupil", { viewport: telephone });
  const scan = { name: "foto.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 foto") };
  const ready = async (page, text) => {
    await page.goto(`${home}/cabinet/appeals/new`);
    await page.selectOption("#category", "building");
    await page.fill("#text", text);
    await page.getByRole("button", { name: "Davam et" }).click();
    await page.getByText("Nazirliyə göndər").waitFor();
    await page.setInputFiles("#file", scan);
  };
  const two = await one.context().newPage();
  await ready(one, "İdman zalının qapısı bağlanmır");
  await ready(two, "İdman zalının qapısı bağlanmır");
  await one.getByRole("button", { name: "Nazirliyə göndər" }).click();
  const number = await one.textContent(".govuk-panel strong");
  await two.getByRole("button", { name: "Nazirliyə göndər" }).click();
  await two.getByText("Heç nə iki dəfə göndərilməyib").waitFor();
  await lookAtBoth(two, "trouble-appeal-already");
  equal(new URL(two.url()).pathname, new URL(one.url()).pathname, "where the second window leads");
  await shows(two.getByRole("link", { name: "foto.pdf" }), 1, "files of the appeal");
  await ready(two, "İdman zalının pəncərəsi sınıb");
  await two.getByRole("button", { name: "Nazirliyə göndər" }).click();
  equal(await two.textContent(".govuk-panel strong") === number, false, "another appeal has the number of the first");
  await one.context().close();
});

test("every page of an empty portal says what to do, to whoever comes", async () => {
  const { address, end } = await emptyPortal("boss", "a password of an empty portal");
  try {
    for (const login of [null, "boss"]) {
      const page = await person(null, { viewport: telephone });
      if (login) {
        await page.goto(`${address}/sign-in`);
        await page.fill("#login", login);
        await page.fill("#password", "a password of an empty portal");
        await page.click("main button");
        await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
      }
      const seen = new Set();
      for (const todo = ["/", ...(login ? ["/cabinet/", "/staff/"] : [])]; todo.length;) {
        const path = todo.pop();
        if (seen.has(path)) continue;
        seen.add(path);
        const answer = await page.request.get(address + path);
        const text = await answer.text();
        const isOpen = answer.status() === 200 || (answer.status() === 404 && text.includes("Hələ açılmayıb"));
        if (!isOpen) throw new Error(`${path}: ${answer.status()}`);
        for (const [, href] of text.matchAll(/<a [^>]*href="(\/[^"#?]*)/g)) todo.push(href);
      }
      if (seen.size < (login ? 40 : 10)) throw new Error(`${seen.size} pages were found`);
      const told = { "/": "Hələ heç bir xidmət dərc edilməyib", ...(login && {
        "/cabinet/": "Nəyə müraciət etmək olar", "/cabinet/references/": "Burada hələ arayış almaq olmur",
        "/cabinet/history": "Hələ heç nə baş verməyib", "/cabinet/appeals/": "edu publish appeals FILE",
        "/staff/requests/": "edu publish service FILE", "/staff/pupils": "Şəxsləri, sonra şagirdləri yükləyin",
        "/staff/centres": "Mərkəzləri, sonra otaqlarını yükləyin", "/staff/": "Hələ mövsüm yoxdur" }) };
      for (const [path, words] of Object.entries(told)) {
        await page.goto(address + path);
        await page.getByText(words).first().waitFor();
        if (login) await look(page, `empty${path.replaceAll("/", "-")}telephone`);
      }
      await page.context().close();
    }
  } finally {
    await end();
  }
});

test("long names, and names in other alphabets, stand where they belong and break where they must", async () => {
  const admin = await person("admin", { viewport: telephone });
  const bring = async (register, text) => {
    await admin.goto(`${home}/staff/import`);
    await admin.selectOption("#register", register);
    await admin.setInputFiles("#file", { name: "names.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await admin.click("main form button");
  };
  const long = "Hacıməmmədqulubəyzadə-Şıxəlibəylinskayaqızı";
  const rows = [["Əbdülhəsənağa-Nəsrəddinbəy", long, "Mirzəəbdülrəhimbəy qızı"], ["Oʻtkir", "Zzoʻrboyev", "Gʻofur oʻgʻli"],
    ["عبد الرحمن", "Zzالموسوي", "بن عبد الله"]];
  const school = "ABS-001";
  await bring("persons", `number,given,family,patronymic,birth\n${
    rows.map((names, at) => `LNG000${at + 1},${names.join(",")},2011-05-0${at + 1}`).join("\n")}\n`);
  await bring("pupils", `number,institution,grade\n${rows.map((_names, at) => `LNG000${at + 1},${school},9`).join("\n")}\n`);
  await admin.goto(`${home}/staff/pupils`);
  for (const words of ["HACIMƏMMƏDQULU", "hacimemmedqulu", "zzo'rboyev", "zzالموسوي"]) {
    await admin.fill("#words", words);
    await admin.getByRole("button", { name: "Axtarın" }).click();
    await shows(admin.locator("tbody a"), 1, `pupils that ${words} finds`);
    equal(new URL(admin.url()).search, "", "a name is in the address");
  }
  await lookAtBoth(admin, "names-found");
  await admin.locator("tbody a").click();
  await lookAtBoth(admin, "names-arabic");
  await admin.goto(`${home}/staff/pupils`);
  await admin.fill("#words", "hacimemmedqulu");
  await admin.getByRole("button", { name: "Axtarın" }).click();
  await admin.locator("tbody a").click();
  await lookAtBoth(admin, "names-long");
  await admin.context().close();
});

test("a list of twenty thousand is paged, each page a page", async () => {
  const clerk = await person("clerk", { viewport: desk });
  await clerk.goto(`${home}/staff/`);
  const season = clerk.locator("section", { hasText: "2026-language" });
  await season.locator("a.nar-card").first().click();
  await clerk.getByRole("link", { name: "Siyahı" }).click();
  const rows = new Set(), times = [];
  let path = new URL(clerk.url()).pathname;
  while (rows.size < 10000) {
    const begun = performance.now();
    const text = await (await clerk.request.get(home + path)).text();
    times.push(performance.now() - begun);
    for (const [row] of text.match(/<tbody>[^]*<\/tbody>/)[0].matchAll(/<tr>[^]*?<\/tr>/g)) rows.add(row);
    equal(rows.size, 50 * times.length, "different rows so far");
    path = text.match(/href="([^"]*cursor=[^"]*)"/)[1].replaceAll("&amp;", "&");
  }
  const mean = (of) => `${Math.round(of.reduce((sum, one) => sum + one, 0) / of.length)} ms`;
  console.log(`# pages of 50 of a list: the first ten ${mean(times.slice(0, 10))} each, the last ten of 200 ${mean(times.slice(-10))}`);
  await lookAtBoth(clerk, "long-list");
  await clerk.context().close();
});
