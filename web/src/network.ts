// Addresses and networks, as numbers of 128 bits; IPv4 lies in ::ffff:0:0/96, as an IPv4-mapped address does.

const MAPPED = 0xffffn << 32n;

export interface Network {
  bits: bigint;
  shift: bigint;
}

export function network(text: string): Network | null {
  const [address = "", prefix, more] = text.trim().split("/");
  const bits = number(address);
  const width = address.includes(":") ? 128 : 32;
  const length = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (bits === null || more !== undefined || length < 0 || length > width) return null;
  const shift = BigInt(width - length);
  return { bits: bits >> shift, shift };
}

export function liesIn(address: string | null, wanted: Network): boolean {
  const bits = address === null ? null : number(address);
  return bits !== null && bits >> wanted.shift === wanted.bits;
}

function number(address: string): bigint | null {
  const plain = address.split("%")[0] ?? "";
  if (!plain.includes(":")) {
    const four = quad(plain);
    return four === null ? null : MAPPED | four;
  }
  return sixteen(plain);
}

function quad(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function sixteen(text: string): bigint | null {
  const last = /(?<=:)\d+(\.\d+){3}$/.exec(text);
  const four = last ? quad(last[0]) : null;
  if (last && four === null) return null;
  const hex = four === null ? text : text.slice(0, last?.index) + `${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = hex.split("::");
  if (halves.length > 2) return null;
  const [front = [], back = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...front, ...Array<string>(missing).fill("0"), ...back];
  if (!words.every((word) => /^[\da-f]{1,4}$/i.test(word))) return null;
  return words.reduce((bits, word) => (bits << 16n) | BigInt(`0x${word}`), 0n);
}
