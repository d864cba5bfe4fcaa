// The words of the query line over the columns of a page. Each means what it means in `trackway.filters`.
import type { Columns } from "./columns";
import { liesIn, network } from "./network";
import { Wrong, type Term } from "./line";
import { WRONG } from "./words";

type Wanted = (row: number) => boolean;
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
  const wanted = terms.map((term) => {
    const holds = meaning(columns, term, kind);
    return term.not ? (row: number) => !holds(row) : holds;
  });
  const rows = new Int32Array(columns.length);
  let found = 0;
  for (const row of order) {
    if (wanted.every((holds) => holds(row))) rows[found++] = row;
  }
  return rows.subarray(0, found);
}

function meaning(columns: Columns, { word, value }: Term, kind: Kind): Wanted {
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
      return anyNumber(columns, kind.pid, whole(word, value));
    case "port":
      return anyNumber(columns, kind.port, whole(word, value));
    case "protocol":
      return anyNumber(columns, ["protocol_number"], PROTOCOLS[value.toLowerCase()] ?? whole(word, value));
    case "min-confidence": {
      const least = Number(value);
      const confidence = columns.numbers("confidence");
      if (!(least >= 0 && least <= 1)) throw new Wrong(WRONG.share(word, value));
      return (row) => (confidence[row] ?? NaN) >= least;
    }
    case "since":
    case "until":
      return time(columns, word, value);
    case "contains":
      return contains(columns, value.toLowerCase(), kind);
  }
}

/** Whether any of some columns holds a text that is wanted; each different text is asked once. */
function anyText(columns: Columns, names: readonly string[], told: Told): Wanted {
  const decided = names.map((name) => {
    const { values, index } = columns.texts(name);
    return { index, wanted: Uint8Array.from(values, (value) => Number(told(value))) };
  });
  return (row) => decided.some(({ index, wanted }) => wanted[index[row] ?? -1] === 1);
}

function anyNumber(columns: Columns, names: readonly string[], wanted: number): Wanted {
  const numbers = names.map((name) => columns.numbers(name));
  return (row) => numbers.some((column) => column[row] === wanted);
}

function contains(columns: Columns, value: string, kind: Kind): Wanted {
  const inTexts = anyText(columns, kind.searched, (present) => present.toLowerCase().includes(value));
  const ports = kind.port.map((name) => columns.numbers(name));
  const isPort = /^\d+$/.test(value);
  return (row) => inTexts(row) || (isPort && ports.some((port) => String(port[row]).includes(value)));
}

function time(columns: Columns, word: "since" | "until", value: string): Wanted {
  const limit = instant(value, word === "until");
  if (limit === null) throw new Wrong(WRONG.time(word, value));
  const column = columns.numbers(word === "since" ? "time_to" : "time_from");
  return (row) => {
    const present = column[row] ?? NaN;
    return Number.isNaN(present) || (word === "since" ? present >= limit : present <= limit);
  };
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
