// Certificates, and how anybody checks one.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, inEveryManner, equal, shows, root, scratch, home, launch, desk, telephone, person, look, withAxe } from "../harness.mjs";

inEveryManner();

test("a pupil sees result and certificate, and anybody checks it", async () => {
  const page = await person("pupil", { viewport: telephone });
  await page.goto(`${home}/cabinet/`);
  await page.getByRole("link", { name: "Nəticələr və sertifikatlar" }).first().click();
  await look(page, "own-results-telephone");
  const file = await (await page.request.get(
    home + await page.getByRole("link", { name: "JSON" }).getAttribute("href"))).text();
  const paper = await page.request.get(
    home + await page.getByRole("link", { name: "PDF" }).getAttribute("href"));
  equal(paper.headers()["content-type"], "application/pdf", "paper");
  await page.locator("main a.nar-card").first().click();
  await look(page, "result-telephone");
  await page.context().close();
  const anyone = await person(null, { viewport: telephone, javaScriptEnabled: false });
  await anyone.goto(`${home}/verify`);
  await anyone.fill("#text", file);
  await anyone.click("#check-text");
  await shows(anyone.locator(".nar-verdict--valid"), 1, "verdict of the file");
  await anyone.fill("#text", file.replace(/"value":"\d/, (start) => `${start}9`));
  await anyone.click("#check-text");
  await shows(anyone.locator(".nar-verdict--bad_signature"), 1, "verdict of an altered one");
  const number = JSON.parse(file).id.split("/").pop();
  await anyone.goto(`${home}/V/${number}`);
  equal((await anyone.locator("main").innerText()).includes("Mahmudov"), false, "a name is shown");
  await anyone.fill("#birth-day", "1");
  await anyone.fill("#birth-month", "1");
  await anyone.fill("#birth-year", "1999");
  await anyone.getByRole("button", { name: "Yoxlayın" }).first().click();
  await anyone.getByRole("alert").waitFor();
  await anyone.context().close();
  const looked = await person(null, { viewport: telephone });
  await looked.goto(`${home}/V/${number}`);
  await look(looked, "document-telephone");
  await looked.goto(`${home}/verify`);
  await looked.fill("#text", "HTTPS://PORTAL/V/1#123");
  await looked.click("#check-text");
  await look(looked, "verify-unreadable-telephone");
  await looked.context().close();
});

// The certificate on paper: its file, its picture as a scanner sees it, the text of its code.
const paper = join(scratch, "paper");
let code;

// What a camera sees that a picture is held before: two seconds of grey.
async function film(path, picture) {
  const page = await person(null, { viewport: desk, needs: "script, pointer" });
  const grey = await page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1280, 720];
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 1280, 720);
    pen.drawImage(image, 300, 20, 680, 680);
    const { data } = pen.getImageData(0, 0, 1280, 720);
    return Array.from({ length: 1280 * 720 }, (_, at) => data[4 * at]);
  }, picture);
  await page.context().close();
  const frame = [Buffer.from("FRAME\n"), Buffer.from(grey), Buffer.alloc(1280 * 720 / 2, 128)];
  writeFileSync(path, Buffer.concat([Buffer.from("YUV4MPEG2 W1280 H720 F10:1 Ip A1:1 C420jpeg\n"),
    ...Array.from({ length: 20 }, () => frame).flat()]));
}

// A code as a picture, drawn by the library.
const picture = (text) => `data:image/svg+xml;base64,${execFileSync("/usr/bin/python3",
  ["-c", "import base64, sys, edu; print(base64.b64encode(edu.low.qr_svg(sys.argv[1]).encode()).decode())", text],
  { env: { PYTHONPATH: join(process.env.EDU_BUILD ?? join(root, "build-portal"), "bindings/python") } }).toString().trim()}`;

async function withCamera(text, use) {
  const seen = join(scratch, "camera.y4m");
  await film(seen, picture(text));
  const own = await launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-video-capture=${seen}`);
  try {
    const context = await withAxe(await own.newContext({ locale: "az", viewport: telephone, permissions: ["camera"] }));
    await use(await context.newPage());
  } finally {
    await own.close();
  }
}

const status = (page, wanted) => page.locator(`.nar-verdict--${wanted}[role=status]`).waitFor();

test("a document is checked by its PDF, and by a photograph of its code", async () => {
  const pupil = await person("pupil", { viewport: telephone });
  await pupil.goto(`${home}/cabinet/`);
  await pupil.getByRole("link", { name: "Nəticələr və sertifikatlar" }).first().click();
  const link = await pupil.getByRole("link", { name: "PDF" }).first().getAttribute("href");
  writeFileSync(`${paper}.pdf`, await (await pupil.request.get(home + link)).body());
  await pupil.context().close();
  execFileSync("pdftoppm", ["-r", "150", "-png", "-singlefile", `${paper}.pdf`, paper]);
  code = execFileSync("zbarimg", ["-q", "--raw", `${paper}.png`], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
  const anyone = await person(null, { viewport: telephone, needs: "script" });
  await anyone.goto(`${home}/verify`);
  await anyone.setInputFiles("#file", `${paper}.pdf`);
  await anyone.locator("form", { has: anyone.locator("#file") }).locator("button").click();
  await status(anyone, "valid");
  await anyone.getByText("İmzalanmış bütün məlumat").click();
  await look(anyone, "verify-valid-telephone");
  await anyone.setInputFiles("#photo", `${paper}.png`);
  await anyone.waitForFunction(() => document.querySelector("#text").value !== "");
  await status(anyone, "valid");
  await anyone.setInputFiles("#file", `${paper}.png`);
  await anyone.locator("form", { has: anyone.locator("#file") }).locator("button").click();
  await anyone.getByRole("alert").first().waitFor();
  equal(await anyone.getAttribute("#file", "type"), "file", "the page of the form");
  await look(anyone, "verify-wrong-file-telephone");
  await anyone.setInputFiles("#photo", { name: "a.png", mimeType: "image/png",
    buffer: await anyone.locator("header").screenshot() });
  await anyone.getByText("Şəkildə QR kod tapılmadı").waitFor();
  await anyone.context().close();
});

test("the code's link checks by itself with a script, and asks without one", async () => {
  const { pathname, hash } = new URL(code);
  const anyone = await person(null, { viewport: telephone, needs: "script" });
  const asked = [];
  anyone.on("request", (request) => asked.push(request.url()));
  await anyone.goto(home + pathname + hash);
  await status(anyone, "valid");
  await anyone.getByText("Kamran Mahmudov").waitFor();
  equal(asked.some((url) => url.includes(hash.slice(1))), false, "the signed part in an address");
  await anyone.goto(`${home}${pathname}${hash.slice(0, -1)}${(Number(hash.at(-1)) + 1) % 10}`);
  await anyone.waitForURL(`${home}/verify`);
  equal(await anyone.locator(".nar-verdict--valid").count(), 0, "verdict of an altered one");
  await anyone.context().close();
  const plain = await person(null, { viewport: telephone, javaScriptEnabled: false });
  await plain.goto(home + pathname + hash);
  equal((await plain.locator("main").innerText()).includes("Mahmudov"), false, "a name is shown");
  const known = await (await plain.request.get(home + pathname)).text();
  const other = await (await plain.request.get(`${home}/V/00000000000000000`)).text();
  const bare = (page) => page.replace(/value="[^"]*"/g, "").replaceAll(pathname.slice(3), "N")
    .replaceAll("00000000000000000", "N");
  equal(bare(other), bare(known), "the page of a number that nobody has");
  await plain.context().close();
});

test("a camera reads the code, and refuses that of another site", async () => {
  await withCamera(code, async (page) => {
    await page.goto(`${home}/verify`);
    await page.click("#camera");
    await status(page, "valid");
    await page.goto(`${home}/verify.html`);
    await page.click("#camera");
    await page.locator("[data-status=valid]").waitFor();
    await look(page, "verify-page-telephone");
  });
  await withCamera(code.replace("HTTPS://", "HTTPS://EVIL."), async (page) => {
    const sent = [];
    page.on("request", (request) => { if (request.method() === "POST") sent.push(request.url()); });
    await page.goto(`${home}/verify`);
    await page.click("#camera");
    await page.getByText("bu kod başqa sayta aparır").waitFor();
    equal(sent.length, 0, "what was sent");
    await look(page, "verify-other-site-telephone");
    await page.goto(`${home}/verify.html`);
    await page.click("#camera");
    await page.getByText("bu kod başqa sayta aparır").waitFor();
  });
});

test("the page that checks by itself runs from a disk", async () => {
  const page = await person(null, { viewport: desk, needs: "script, pointer", locale: "en" });
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const name of ["keys", "bundle"])
    writeFileSync(join(scratch, `${name}.json`), await (await page.request.get(`${home}/${name}.json`)).body());
  const file = join(process.env.EDU_BUILD ?? join(root, "build-portal"), "examples/verify/verify.html");
  await page.goto(`file://${file}`);
  await page.fill("#text", code);
  await page.click("#check");
  await page.getByText("There are no keys yet").first().waitFor();
  await page.setInputFiles("#bundle", join(scratch, "keys.json"));
  await page.getByText("There are keys").waitFor();
  await page.fill("#text", code);
  await page.click("#check");
  await page.locator("[data-status=status_unknown]").waitFor();
  await page.setInputFiles("#bundle", join(scratch, "bundle.json"));
  await page.getByText("Keys and revocations as of").waitFor();
  await page.click("#check");
  await page.locator("[data-status=valid]").waitFor();
  await look(page, "verify-page-desk");
  await page.setInputFiles("#photo", `${paper}.png`);
  await page.locator("[data-status=valid]").waitFor();
  await page.fill("#text", `${code.slice(0, -3)}000`);
  await page.click("#check");
  await page.locator("[data-status=unreadable], [data-status=bad_signature]").waitFor();
  const altered = readFileSync(join(scratch, "bundle.json"), "utf8").replace('"list":1', '"list":2');
  await page.setInputFiles("#bundle", { name: "b.json", mimeType: "application/json", buffer: Buffer.from(altered) });
  await page.getByText("This file was not taken").waitFor();
  equal(asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")).length, 0, "requests");
  await page.context().close();
});
