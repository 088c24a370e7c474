// Invoices.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, inEveryManner, scratch, home, telephone, person, look } from "../harness.mjs";

inEveryManner();

test("an invoice is made by hand", async () => {
  const [number, birth] = readFileSync(join(scratch, "portal/registers/accounts.csv"), "utf8")
    .match(/^parent,([^,]+),([^,]+)/m).slice(1);
  const [year, month, day] = birth.split("-");
  const finance = await person("finance", { viewport: telephone });
  await finance.goto(`${home}/staff/payments/`);
  await finance.getByRole("link", { name: "Hesab yarat" }).click();
  await finance.getByRole("button", { name: "Hesabı yarat" }).click();
  await finance.getByRole("alert").waitFor();
  await look(finance, "finance-new-telephone");
  for (const [field, value] of Object.entries({ number, birth_day: day, birth_month: month, birth_year: year,
    title_az: "Diplomun surəti", title_en: "Copy of a diploma", title_ru: "Копия диплома", kind: "diploma_copy", amount: "12,50" }))
    await finance.fill(`[name=${field}]`, value);
  await finance.getByRole("button", { name: "Hesabı yarat" }).click();
  await finance.getByRole("heading", { name: "Diplomun surəti" }).waitFor();
  await finance.context().close();
  const parent = await person("parent", { viewport: telephone });
  await parent.goto(`${home}/cabinet/payments/`);
  await parent.getByText("Diplomun surəti").waitFor();
  await parent.context().close();
});
