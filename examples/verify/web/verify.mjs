// What docs/formats.md says, as a module that runs in a browser and in Node. It asks nobody anything.
import { sha256 } from "@noble/hashes/sha2";
import { verifySignature } from "./ed25519.mjs";
import { canonical, get, Members, read, text } from "./json.mjs";
import {
  fromHex, hex, latin1, numberOf, readCount, readDid, readKey, readNumber, readSignature, readTime, utf8,
} from "./texts.mjs";

const DOCUMENT_MAX = 4 << 20;
const BUNDLE_MAX = 16 << 20;
const LIST_BITS_MOST = 134217728;
const FIELDS_MAX = 256;
const PATH_TEXT = 400;

const hashOf = (value, without) => sha256(utf8(canonical(value, without)));

function join(...parts) {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// ---- CBOR: definite lengths and shortest heads only ----

const UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6;
const INT64_MAX = (1n << 63n) - 1n;

class Refused extends Error {}

class Cbor {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  refuse(when = true) {
    if (when) throw new Refused();
  }

  get isAtEnd() {
    return this.at === this.bytes.length;
  }

  kind() {
    this.refuse(this.isAtEnd);
    return this.bytes[this.at] >> 5;
  }

  // The value in the head of an item of this kind.
  head(kind) {
    this.refuse(this.kind() !== kind);
    const low = this.bytes[this.at] & 31;
    this.at += 1;
    if (low < 24) return BigInt(low);
    const count = low < 28 ? 1 << (low - 24) : 9;
    this.refuse(count > 8 || this.bytes.length - this.at < count);
    let value = 0n;
    for (let i = 0; i < count; i += 1, this.at += 1) value = (value << 8n) | BigInt(this.bytes[this.at]);
    this.refuse(value < (count === 1 ? 24n : 1n << BigInt(4 * count)));
    return value;
  }

  int() {
    const kind = this.kind() === NEGATIVE ? NEGATIVE : UNSIGNED;
    const value = this.head(kind);
    this.refuse(value > INT64_MAX);
    return kind === UNSIGNED ? value : -1n - value;
  }

  string(kind) {
    const size = this.head(kind);
    this.refuse(size > BigInt(this.bytes.length - this.at));
    this.at += Number(size);
    return this.bytes.subarray(this.at - Number(size), this.at);
  }

  words(kind = TEXT) {
    const bytes = this.string(kind);
    let found;
    try {
      found = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      this.refuse();
    }
    this.refuse(found.includes("\0"));
    return found;
  }

  expect(value) {
    this.refuse(this.int() !== BigInt(value));
  }

  // Whether this label comes next; it is read then.
  take(label) {
    if (this.isAtEnd) return false;
    const before = this.at;
    if (this.kind() <= NEGATIVE && this.int() === BigInt(label)) return true;
    this.at = before;
    return false;
  }
}

// ---- the text of a QR code ----

const BYTES_OF_DIGITS = new Map([[3, 1], [5, 2], [8, 3], [10, 4], [13, 5], [15, 6], [17, 7]]);

function readDigits(digits) {
  const parts = [];
  for (let at = 0; at < digits.length; at += 17) {
    const group = digits.slice(at, at + 17);
    const count = BYTES_OF_DIGITS.get(group.length);
    if (!count || !/^[0-9]+$/.test(group)) return undefined;
    const value = BigInt(group);
    if (value >> BigInt(8 * count)) return undefined;
    parts.push(fromHex(value.toString(16).padStart(2 * count, "0")));
  }
  const message = join(...parts);
  return message.length > 0 && message.length <= 528 ? message : undefined;
}

const LINK = /^HTTPS:\/\/([^/]{1,255})\/V\/([^#]{17})#([0-9]+)$/s;

function readLink(bytes) {
  const found = bytes.length < 4096 ? LINK.exec(latin1(bytes)) : null;
  if (!found) return undefined;
  const number = readNumber(found[2]);
  const message = readDigits(found[3]);
  return number && message ? { host: found[1], number, message } : undefined;
}

function readProtected(bytes) {
  const header = new Cbor(bytes);
  header.refuse(header.head(MAP) !== 2n);
  header.expect(1);
  header.expect(-8);
  header.expect(4);
  const keyId = header.words(BYTES);
  header.refuse(!header.isAtEnd || utf8(keyId).length > 16);
  return keyId;
}

function headOfBytes(size) {
  if (size < 24) return Uint8Array.of(0x40 | size);
  return size < 256 ? Uint8Array.of(0x58, size) : Uint8Array.of(0x59, size >> 8, size & 255);
}

// Sig_structure: ["Signature1", protected header, no external data, payload].
function toBeSigned(header, payload) {
  return join(Uint8Array.of(0x84, 0x6a), utf8("Signature1"), headOfBytes(header.length), header,
    headOfBytes(0), headOfBytes(payload.length), payload);
}

function readMessage(bytes) {
  const message = new Cbor(bytes);
  message.refuse(message.head(TAG) !== 18n || message.head(ARRAY) !== 4n);
  const header = message.string(BYTES);
  message.refuse(message.head(MAP) !== 0n);
  const payload = message.string(BYTES);
  const signature = message.string(BYTES);
  message.refuse(!message.isAtEnd || signature.length !== 64 || payload.length > 400);
  return { keyId: readProtected(header), payload, signature, signed: toBeSigned(header, payload) };
}

function readFields(claims) {
  const count = claims.head(ARRAY);
  const fields = new Map();
  claims.refuse(count % 2n !== 0n || count > 32n);
  for (let i = 0n; i < count; i += 2n) {
    const name = claims.words();
    claims.refuse(fields.has(name));
    fields.set(name, claims.words());
  }
  return [...fields];
}

const SECONDS_MOST = 8000000000000n;
const bounded = (value) => (value < -SECONDS_MOST ? -SECONDS_MOST : value > SECONDS_MOST ? SECONDS_MOST : value);

function readCount32(claims, least) {
  const value = claims.int();
  claims.refuse(value < BigInt(least) || value > 2147483647n);
  return Number(value);
}

function readClaims(payload) {
  const claims = new Cbor(payload);
  const out = {};
  let count = Number(claims.head(MAP));
  claims.refuse(count < 5 || count > 8);
  const optional = (label, body) => {
    if (count <= 5 || !claims.take(label)) return;
    count -= 1;
    body();
  };
  claims.expect(1);
  out.host = claims.words();
  optional(4, () => { out.expires = bounded(claims.int()) * 1000000n; });
  claims.expect(6);
  const issued = claims.int();
  if (issued > -SECONDS_MOST && issued < SECONDS_MOST) out.issued = issued * 1000000n;
  claims.expect(7);
  out.bits = claims.string(BYTES);
  claims.refuse(out.bits.length !== 10);
  claims.expect(-65537);
  out.type = claims.words();
  claims.expect(-65538);
  out.fields = readFields(claims);
  optional(-65539, () => {
    const hash = claims.string(BYTES);
    claims.refuse(hash.length !== 32);
    out.hash = hex(hash);
  });
  optional(-65540, () => {
    claims.refuse(claims.head(ARRAY) !== 2n);
    out.place = { list: readCount32(claims, 1), index: readCount32(claims, 0) };
  });
  claims.refuse(count !== 5 || !claims.isAtEnd);
  return out;
}

function readCode(bytes) {
  const link = readLink(bytes);
  if (!link) return undefined;
  try {
    const message = readMessage(link.message);
    const claims = readClaims(message.payload);
    const shown = latin1(utf8(claims.host)).replace(/[a-z]/g, (letter) => letter.toUpperCase());
    const isSameLink = shown === link.host && latin1(claims.bits) === latin1(link.number);
    return {
      ...claims, number: numberOf(claims.bits), keyId: message.keyId,
      isSigned: async (key) => isSameLink && verifySignature(message.signature, message.signed, key),
    };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

// ---- proofs of eddsa-jcs-2022 ----

function isProof(document, proof) {
  const context = get(proof, "@context");
  return proof instanceof Members && proof.size === (context === undefined ? 6 : 7) &&
    text(proof, "type") === "DataIntegrityProof" && text(proof, "cryptosuite") === "eddsa-jcs-2022" &&
    text(proof, "proofPurpose") === "assertionMethod" &&
    readTime(text(proof, "created")) !== undefined && text(proof, "verificationMethod") !== "" &&
    (context === undefined || (document.has("@context") &&
      canonical(context) === canonical(document.get("@context"))));
}

async function isProven(document, key) {
  const proof = get(document, "proof");
  const signature = isProof(document, proof) ? readSignature(text(proof, "proofValue")) : undefined;
  if (!signature) return false;
  return verifySignature(signature, join(hashOf(proof, "proofValue"), hashOf(document, "proof")), key);
}

/** The id of the key that the proof of a document of this DID names. */
function proofKey(document, did) {
  const method = text(get(document, "proof"), "verificationMethod");
  const id = method.slice(did.length + 1);
  return method.startsWith(`${did}#`) && utf8(id).length === 16 ? id : undefined;
}

// ---- the JSON file ----

function readPlace(status, host) {
  const lists = `https://${host}/status/`;
  const address = text(status, "statusListCredential");
  const list = address.startsWith(lists) ? readCount(address.slice(lists.length)) : undefined;
  const index = readCount(text(status, "statusListIndex"));
  const isGood = status instanceof Members && status.size === 5 && list > 0 && index !== undefined &&
    text(status, "id") === `${address}#${index}` && text(status, "type") === "BitstringStatusListEntry" &&
    text(status, "statusPurpose") === "revocation";
  return isGood ? { list, index } : undefined;
}

// Every leaf by its path; undefined where there are too many, or two of one path.
function leavesOf(document) {
  const found = new Map();
  const add = (value, path) => {
    const isMany = Array.isArray(value) || value instanceof Members;
    if (utf8(path).length >= PATH_TEXT) return false;
    if (isMany && (value.length ?? value.size) > 0) {
      const items = Array.isArray(value) ? value.entries() : value;
      for (const [name, item] of items) if (!add(item, path ? `${path}.${name}` : String(name))) return false;
      return true;
    }
    if (found.size === FIELDS_MAX || found.has(path)) return false;
    found.set(path, typeof value === "string" ? value : canonical(value));
    return true;
  };
  for (const [name, value] of document) if (name !== "proof" && !add(value, name)) return undefined;
  return [...found];
}

function readRecord(bytes) {
  const document = read(bytes, DOCUMENT_MAX);
  const did = text(get(document, "issuer"), "id");
  const host = readDid(did);
  const keyId = proofKey(document, did);
  if (host === undefined || keyId === undefined) return undefined;
  const id = text(document, "id");
  const begin = `https://${host}/V/`;
  const number = id.startsWith(begin) && readNumber(id.slice(begin.length)) ? id.slice(begin.length) : undefined;
  const issued = readTime(text(document, "validFrom"));
  const expires = document.has("validUntil") ? readTime(text(document, "validUntil")) ?? null : undefined;
  const place = document.has("credentialStatus") ? readPlace(get(document, "credentialStatus"), host) ?? null
    : undefined;
  const fields = leavesOf(document);
  if (!number || issued === undefined || expires === null || place === null || !fields) return undefined;
  return {
    type: "certificate", host, number, keyId, issued, expires, place, fields,
    hash: hex(hashOf(document, "proof")), isSigned: (key) => isProven(document, key),
  };
}

// ---- keys and bundles ----

function readTimes(key) {
  const times = {};
  for (const name of ["from", "until", "compromised"])
    if (key.has(name)) times[name] = readTime(text(key, name)) ?? null;
  return Object.values(times).includes(null) ? undefined : times;
}

// The first of this id that has the form of a key.
function findKey(keys, isKeySet, id) {
  for (const key of id === "" ? [] : keys) {
    const isKind = !isKeySet || (text(key, "kty") === "OKP" && text(key, "crv") === "Ed25519");
    const bytes = isKind && text(key, "kid") === id ? readKey(text(key, "x")) : undefined;
    const times = bytes ? readTimes(key) : undefined;
    if (times) return { bytes, ...times };
  }
  return undefined;
}

function isGoodAt(key, time) {
  const { from, until, compromised } = key;
  if (time === undefined) return from === undefined && until === undefined && compromised === undefined;
  return (from === undefined || time >= from) && (until === undefined || time < until) &&
    (compromised === undefined || time < compromised);
}

const isWhole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

function isList(list) {
  const size = get(list, "size");
  const revoked = get(list, "revoked");
  if (!isWhole(get(list, "list"), 1, 2147483647) || !isWhole(size, 1, LIST_BITS_MOST) ||
      !Array.isArray(revoked)) return false;
  let before = -1;
  return revoked.every((index) => {
    const isNext = isWhole(index, before + 1, size - 1);
    before = index;
    return isNext;
  });
}

/** What is wrong with keys or a bundle: `code` is "form" or "trust". */
export class NotTrusted extends Error {
  constructor(code) {
    super(code === "form" ? "the keys or the bundle have not the form of any"
      : "the bundle is not signed with a key that is trusted, or was altered");
    this.code = code;
  }
}

async function checkBundle(bundle, keys, created, before) {
  const isBundle = before.has("type");
  const host = text(bundle, "host");
  if (isBundle && text(before, "host") !== host) throw new NotTrusted("trust");
  const did = text(get(bundle, "proof"), "verificationMethod").split("#")[0];
  const id = proofKey(bundle, did);
  if (host === "" || readDid(did) !== host || id === undefined) throw new NotTrusted("form");
  const known = findKey(get(before, "keys"), !isBundle, id);
  const own = findKey(keys, false, id);
  const isTrusted = known && own && isGoodAt(known, created) && isGoodAt(own, created) &&
    hex(known.bytes) === hex(own.bytes) && await isProven(bundle, known.bytes);
  if (!isTrusted) throw new NotTrusted("trust");
}

/** Whose signatures count. keys: bytes of a key set, or, for a bundle, of the bundle before; bundle:
 *  bytes, or null. Throws NotTrusted. */
export async function readTrust(keys, bundle) {
  const own = bundle ? read(bundle, BUNDLE_MAX) : undefined;
  const created = readTime(text(own, "created"));
  const lists = get(own, "lists");
  if (bundle && (text(own, "type") !== "VerificationBundle" || created === undefined ||
      !Array.isArray(get(own, "keys")) || !Array.isArray(lists) || !lists.every(isList)))
    throw new NotTrusted("form");
  const before = read(keys, BUNDLE_MAX);
  if (!Array.isArray(get(before, "keys"))) throw new NotTrusted("form");
  if (!bundle) return { keys: get(before, "keys"), isKeySet: true, host: undefined };
  await checkBundle(own, get(own, "keys"), created, before);
  return { keys: get(own, "keys"), isKeySet: false, lists, created, host: text(own, "host") };
}

// ---- the verdict ----

function isRevoked(lists, place) {
  const list = lists?.find((one) => get(one, "list") === place.list && place.index < get(one, "size"));
  return list ? get(list, "revoked").includes(place.index) : undefined;
}

function conclude(found, trust, now, maxAge) {
  const revoked = found.place ? isRevoked(trust.lists, found.place) : undefined;
  if (found.place && trust.lists)
    found.age = now > trust.created ? (now - trust.created) / 1000000n : 0n;
  if (revoked) return "revoked";
  if (found.expires !== undefined && now >= found.expires) return "expired";
  if (found.place && (revoked === undefined || found.age > maxAge)) return "status_unknown";
  return "valid";
}

/** The verdict on bytes: status, and, unless it is unreadable, what the document says.
 *  now: microseconds since 1970; maxAge: seconds; both BigInt. */
export async function judge(bytes, trust, now, maxAge) {
  const first = bytes.findIndex((byte) => ![9, 10, 13, 32].includes(byte));
  const found = bytes.includes(0) ? undefined
    : first >= 0 && bytes[first] === 0x7b ? readRecord(bytes) : readCode(bytes);
  if (!found) return { status: "unreadable" };
  const key = findKey(trust.keys, trust.isKeySet, found.keyId);
  if (!key || !isGoodAt(key, found.issued)) return { ...found, status: "unknown_key" };
  if (!await found.isSigned(key.bytes)) return { ...found, status: "bad_signature" };
  const status = conclude(found, trust, now, maxAge);
  return { ...found, status };
}
