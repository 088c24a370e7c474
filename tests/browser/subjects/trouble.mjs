// What goes wrong in the middle: a sign-in that ended, the back button, two windows, two accounts.
import { test, equal, shows, home, telephone, person, passwordOf, look, goOn, check, send } from "../harness.mjs";

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
  const one = await person("parent", { viewport: telephone });
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
  await one.locator(".nar-card", { hasText: "Rəsm" }).locator("a.govuk-button").click();
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
  await shows(one.locator(".nar-card--quiet", { hasText: "Rəsm" }), 0, "drafts left over");
  await one.context().close();
});
