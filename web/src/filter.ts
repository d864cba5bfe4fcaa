// The words of the query line over the columns of a page. Each means what it means in `trackway.filters`.
import type { Columns } from "./columns";
import { liesIn, network } from "./network";
import { Wrong, type Term } from "./line";
import { WRONG } from "./words";

/** One number a row, 1 where it is wanted. */
type Mask = Uint8Array;
type Told = (value: string) => boolean;

const PROTOCOLS: Record<string, number> = {
  tcp: 6, udp: 17, icmp: 1, icmpv6: 58, igmp: 2, gre: 47, esp: 50, ah: 51, sctp: 132, hopopt: 0, ipv4: 4, ipv6: 41,
  eigrp: 88, ospf: 89,
};

/** The columns that a word looks into; a word whose columns are none cannot be asked. */
export type Kind = Record<"image" | "user" | "pid" | "port" | "address" | "searched", readonly string[]>;

export const STORIES: Kind = {
  image: ["image", "requester_image"],
  user: ["user", "requester_user"],
  pid: ["pid", "requester_pid"],
  port: ["remote_port", "local_port"],
  address: ["remote_address", "local_address"],
  searched: ["story", "host", "direction", "action", "protocol", "local_address", "remote_address", "names", "sources", "held", "filed"],
};
export const LOOKUPS: Kind = {
  image: ["image"],
  user: ["user"],
  pid: ["pid"],
  port: [],
  address: ["addresses"],
  searched: ["lookup", "host", "names", "addresses", "answer", "sources", "held", "filed"],
};
/** What a look-up does not have. */
const STORIES_ONLY = new Set(["port", "protocol", "direction", "action"]);
export const canAskLookups = (terms: readonly Term[]): boolean => !terms.some(({ word }) => STORIES_ONLY.has(word));

/** The rows that all terms want, in the order given. */
export function chosen(columns: Columns, terms: readonly Term[], order: Int32Array, kind = STORIES): Int32Array {
  const wanted = new Uint8Array(columns.length).fill(1);
  for (const term of terms) {
    const mask = kept(columns, term, kind);
    const met = term.not ? 0 : 1;
    for (let row = 0; row < mask.length; row++) if (mask[row] !== met) wanted[row] = 0;
  }
  const rows = new Int32Array(columns.length);
  let found = 0;
  for (const row of order) if (wanted[row]) rows[found++] = row;
  return rows.subarray(0, found);
}

const MOST = 16;
const masks = new WeakMap<Columns, Map<string, Mask>>();

/** What a term wants; the last ones are kept, since a line mostly grows by a term. */
function kept(columns: Columns, term: Term, kind: Kind): Mask {
  const known = masks.get(columns) ?? new Map<string, Mask>();
  masks.set(columns, known);
  const key = `${term.word}:${term.value}`;
  const mask = known.get(key) ?? meaning(columns, term, kind);
  known.delete(key);
  known.set(key, mask);
  for (const oldest of known.keys()) if (known.size > MOST) known.delete(oldest);
  return mask;
}

function meaning(columns: Columns, { word, value }: Term, kind: Kind): Mask {
  const text = (names: readonly string[], told: Told) => anyText(columns, names, told);
  switch (word) {
    case "host": {
      const like = glob(value);
      return text(["host"], (host) => like(host) || like(host.split(".")[0] ?? ""));
    }
    case "process":
      return text(kind.image, image(value));
    case "user":
      return text(kind.user, lastPart(value, (account) => account.replace(/^.*\\/s, "")));
    case "name":
      return text(["names"], lines(glob(value)));
    case "source":
      return text(["sources"], lines(glob(value)));
    case "direction":
    case "action":
      return text([word], (present) => present === value.toLowerCase());
    case "address": {
      const wanted = network(value);
      if (!wanted) throw new Wrong(WRONG.address(value));
      return text(kind.address, lines((address) => liesIn(address, wanted)));
    }
    case "pid":
      return anyNumber(columns, kind.pid, is(whole(word, value)));
    case "port":
      return anyNumber(columns, kind.port, is(whole(word, value)));
    case "protocol":
      return anyNumber(columns, ["protocol_number"], is(PROTOCOLS[value.toLowerCase()] ?? whole(word, value)));
    case "min-confidence": {
      const least = Number(value);
      const confidence = columns.numbers("confidence");
      if (!(least >= 0 && least <= 1)) throw new Wrong(WRONG.share(word, value));
      return Uint8Array.from(confidence, (present) => Number(present >= least));
    }
    case "since":
    case "until":
      return time(columns, word, value);
    case "contains":
      return contains(columns, value.toLowerCase(), kind);
  }
}

/** Where any of some columns holds a text that is wanted; each different text is asked once. */
function anyText(columns: Columns, names: readonly string[], told: Told, isLower = false): Mask {
  const mask = new Uint8Array(columns.length);
  for (const name of names) {
    const { values, index } = columns.texts(name);
    const wanted = Uint8Array.from(isLower ? columns.lowered(name) : values, (value) => Number(told(value)));
    if (!wanted.includes(1)) continue;
    for (let row = 0; row < mask.length; row++) if (wanted[index[row]!]) mask[row] = 1;
  }
  return mask;
}

function anyNumber(columns: Columns, names: readonly string[], told: (value: number) => boolean): Mask {
  const mask = new Uint8Array(columns.length);
  for (const name of names) {
    const column = columns.numbers(name);
    for (let row = 0; row < mask.length; row++) if (told(column[row]!)) mask[row] = 1;
  }
  return mask;
}

function contains(columns: Columns, value: string, kind: Kind): Mask {
  const mask = anyText(columns, kind.searched, (present) => present.includes(value), true);
  if (!/^\d+$/.test(value)) return mask;
  const ports = anyNumber(columns, kind.port, (port) => String(port).includes(value));
  return mask.map((wanted, row) => wanted | ports[row]!);
}

function time(columns: Columns, word: "since" | "until", value: string): Mask {
  const limit = instant(value, word === "until");
  if (limit === null) throw new Wrong(WRONG.time(word, value));
  const isIn = word === "since" ? (present: number) => !(present < limit) : (present: number) => !(present > limit);
  return anyNumber(columns, [word === "since" ? "time_to" : "time_from"], isIn);
}

/** Microseconds since 1970 of ISO 8601 text, UTC without a zone; a date is its first or its last moment. */
export function instant(text: string, isEnd: boolean): number | null {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (!found) return null;
  const [, date, clock, seconds, fraction, zone] = found;
  const milliseconds = Date.parse(`${date}T${clock ?? "00:00"}:${seconds ?? "00"}${zone?.toUpperCase() ?? "Z"}`);
  if (Number.isNaN(milliseconds)) return null;
  const micro = milliseconds * 1000 + Math.round(Number(fraction ?? 0) * 1e6);
  return clock === undefined && isEnd ? micro + 86_400_000_000 - 1 : micro;
}

const is = (wanted: number) => (value: number): boolean => value === wanted;

function whole(word: string, value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new Wrong(WRONG.number(word, value));
  return Number(value);
}

/** `*` and `?` stand for anything; letter case never matters. */
function glob(pattern: string): Told {
  const source = Array.from(pattern, (letter) => (letter === "*" ? ".*" : letter === "?" ? "." : RegExp.escape?.(letter) ?? letter.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&")));
  const expression = new RegExp(`^${source.join("")}$`, "isu");
  return (value) => expression.test(value);
}

const lines = (like: Told): Told => (value) => value.split("\n").some(like);

/** With a backslash the whole text, without one what `cut` leaves. */
function lastPart(pattern: string, cut: (value: string) => string): Told {
  const like = glob(pattern);
  return pattern.includes("\\") ? like : (value) => like(cut(value));
}

function image(pattern: string): Told {
  const cut = (path: string) => path.replace(/^.*[\\/]/s, "");
  const like = lastPart(pattern, cut);
  const withEnding = lastPart(`${pattern}.exe`, cut);
  return (value) => like(value) || (!pattern.includes("\\") && withEnding(value));
}
