// The small texts of docs/formats.md: numbers of documents, times, base 58, base64url, hosts.

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);
/** A character a byte, for texts that are compared byte by byte. */
export const latin1 = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// ---- numbers ----

const timesX = (value) => (value & 16 ? ((value << 1) ^ 0x25) & 31 : value << 1);

function multiply(a, b) {
  let product = 0;
  for (; b; b >>= 1, a = timesX(a)) if (b & 1) product ^= a;
  return product;
}

/** Sixteen letters for 80 bits, and the one that checks them. */
export function numberOf(bytes) {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let sum = 0;
  let weight = 1;
  let out = "";
  for (let i = 0; i < 16; i += 1) {
    const value = Number((bits >> BigInt(75 - 5 * i)) & 31n);
    weight = timesX(weight);
    sum ^= multiply(value, weight);
    out += LETTERS[value];
  }
  return out + LETTERS[sum];
}

/** The ten bytes; undefined for any text that numberOf does not give. */
export function readNumber(text) {
  if (text.length !== 17) return undefined;
  let bits = 0n;
  for (const letter of text.slice(0, 16)) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return undefined;
    bits = (bits << 5n) | BigInt(value);
  }
  const bytes = new Uint8Array(10);
  for (let i = 9; i >= 0; i -= 1, bits >>= 8n) bytes[i] = Number(bits & 255n);
  return numberOf(bytes) === text ? bytes : undefined;
}

// ---- times ----

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Microseconds since 1970; undefined for what is no time of RFC 3339 as here. */
export function readTime(text) {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const offset = found[8] ? (Number(found[9]) * 60 + Number(found[10])) * (found[8] === "-" ? -1 : 1) : 0;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || Number(found[9] ?? 0) > 23 ||
      Number(found[10] ?? 0) > 59) return undefined;
  const seconds = date.getTime() / 1000 + hour * 3600 + (minute - offset) * 60 + second;
  return BigInt(seconds) * 1000000n + BigInt((found[7] ?? "").padEnd(6, "0"));
}

/** A decimal number from 0 to 2147483647 in its one form. */
export function readCount(text) {
  const value = /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : NaN;
  return value <= 2147483647 ? value : undefined;
}

// ---- bytes as text ----

/** The 64 bytes of a signature behind its "z". */
export function readSignature(text) {
  if (text[0] !== "z" || text.length > 99) return undefined;
  let value = 0n;
  for (const letter of text.slice(1)) {
    const digit = BASE58.indexOf(letter);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const digits = value.toString(16);
  if (digits.length > 128) return undefined;
  const bytes = fromHex(digits.padStart(128, "0"));
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const ones = text.slice(1).search(/[^1]/);
  // A "1" stands for a zero byte in front, so that there is one text.
  return zeros === ones ? bytes : undefined;
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** The 32 bytes of a key in base64url without padding. */
export function readKey(text) {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text) || text.length !== 43) return undefined;
  const bytes = Uint8Array.from(atob(`${text.replaceAll("-", "+").replaceAll("_", "/")}=`),
    (letter) => letter.charCodeAt(0));
  // The last letter has two bits too many, which are zero.
  const again = btoa(latin1(bytes)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 43);
  return again === text ? bytes : undefined;
}

/** The host of "did:web:HOST", a port's colon written %3A. */
export function readDid(did) {
  if (!did.startsWith("did:web:")) return undefined;
  const escaped = did.slice(8);
  if (/[:/?#]/.test(escaped) || /%(?!3A)/.test(escaped)) return undefined;
  const host = escaped.replaceAll("%3A", ":");
  const size = utf8(host).length;
  return size > 0 && size <= 255 ? host : undefined;
}
