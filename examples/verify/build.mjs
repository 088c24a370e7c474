// Makes the page one file that needs no other: `node build.mjs PAGE`.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = join(dirname(fileURLToPath(import.meta.url)), "web");

async function script() {
  const made = await build({
    entryPoints: [join(folder, "page.mjs")], bundle: true, write: false, charset: "utf8", format: "iife",
    minify: true, legalComments: "inline", logLevel: "warning", target: ["es2022"],
  });
  return made.outputFiles[0].text.replaceAll("</script", "<\\/script");
}

const hashOf = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page permits its own style and script and nothing else: it cannot reach any network. */
async function page() {
  const code = await script();
  const style = readFileSync(join(folder, "page.css"), "utf8");
  const parts = {
    policy: `default-src 'none'; script-src ${hashOf(code)}; style-src ${hashOf(style)}; ` +
      "img-src data:; base-uri 'none'; form-action 'none'",
    style,
    code,
  };
  return readFileSync(join(folder, "page.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

if (process.argv.length !== 3) {
  console.error("Usage: node build.mjs PAGE");
  process.exit(2);
}
writeFileSync(process.argv[2], await page());
