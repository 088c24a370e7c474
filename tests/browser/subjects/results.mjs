// Results of years past.
import { test, inEveryManner, equal, shows, home, desk, person, look } from "../harness.mjs";

inEveryManner();

test("anybody sees the archive and compares the years", async () => {
  const page = await person(null, { viewport: desk });
  await page.goto(`${home}/results`);
  await look(page, "results-desk");
  await page.getByRole("link", { name: "2024", exact: true }).click();
  for (const by of ["score", "problem", "region"]) {
    await page.goto(`${page.url().split("?")[0]}?by=${by}`);
    await look(page, `results-${by}-desk`);
  }
  equal(await page.locator(".nar-figures strong").first().innerText(), "609", "contestants of 2024");
  const csv = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  equal((await (await page.request.get(home + csv)).text()).split("\n").length > 100, true, "CSV");
  await page.goto(`${home}/results/series/imo?region=imo.azerbaijan`);
  await shows(page.locator("tbody tr"), 65, "years");
  await look(page, "years-desk");
  await page.goto(`${home}/results`);
  await page.getByRole("link", { name: "Fənlərin müqayisəsi" }).first().click();
  await page.locator("tbody tr").first().waitFor();
  await look(page, "subjects-desk");
  await page.context().close();
});
