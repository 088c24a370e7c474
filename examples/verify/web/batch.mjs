// The page's verdicts in Node, as `edu-check --batch` gives them: for each line NOW MAX_AGE KEYS BUNDLE
// BASE64 of standard input a line of JSON. --engine browser|embedded.
import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import * as ed25519 from "./ed25519.mjs";
import { judge, NotTrusted, readTrust } from "./verify.mjs";

const { values } = parseArgs({ options: { engine: { type: "string" } } });
if (values.engine) ed25519.use(values.engine);

const kept = new Map();

function trustOf(keys, bundle) {
  const name = `${keys} ${bundle}`;
  if (!kept.has(name)) {
    kept.set(name, readTrust(readFileSync(keys), bundle === "-" ? null : readFileSync(bundle))
      .catch((error) => {
        if (error instanceof NotTrusted) return { error: error.code };
        throw error;
      }));
  }
  return kept.get(name);
}

/** A verdict in the form that both programs print. */
export function told(verdict) {
  const { status, type, number, host, keyId, issued, expires, hash, age, fields } = verdict;
  if (status === "unreadable") return JSON.stringify({ status });
  return JSON.stringify({
    status, type, number, host, key_id: keyId, issued: issued?.toString(), expires: expires?.toString(),
    record_hash: hash, status_age: age === undefined ? undefined : Number(age), fields,
  });
}

let out = "";
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const [now, maxAge, keys, bundle, text] = line.split(" ");
  const trust = await trustOf(keys, bundle);
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  out += `${trust.error ? JSON.stringify(trust)
    : told(await judge(bytes, trust, BigInt(now), BigInt(maxAge)))}\n`;
  if (out.length > 65536) {
    writeSync(1, out);
    out = "";
  }
}
writeSync(1, out);
