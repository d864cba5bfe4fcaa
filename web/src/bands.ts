// Who was not awake, over the bins of the chart: from the coverage, for each state the spans in which it held.
import type { Coverage } from "./case";
import type { Histogram } from "./source";
import { counted, moment, spoken } from "./text";
import { WORDS } from "./words";

/** Bins `first` to `last` in which the same kinds of record were in one state; `share` of all kinds. */
export interface Band {
  first: number;
  last: number;
  rows: Coverage[];
  share: number;
}

export interface Lane {
  state: string;
  bands: Band[];
}

/** States from what touches a whole host to what touches one kind of record; `on` is nothing to say. */
const STATES = ["asleep", "cleared", "lost", "rolled_over", "off", "unknown", "not_collected", "filtered"];
const FEW = 4;

export function lanes(coverage: readonly Coverage[], { edges, width }: Histogram): Lane[] {
  const all = new Set(coverage.map(kind)).size;
  const states = Map.groupBy(coverage, (row) => row.state);
  return STATES.flatMap((state) => {
    const bands = runs(states.get(state) ?? [], edges[0] ?? 0, width, edges.length, all);
    return bands.length ? [{ state, bands }] : [];
  });
}

/** The states that hold before the first bin or after the last one, and in none of them. */
export function outside(coverage: readonly Coverage[], drawn: readonly Lane[]): string[] {
  const present = new Set(coverage.map((row) => row.state));
  return STATES.filter((state) => present.has(state) && !drawn.some((lane) => lane.state === state));
}

const kind = ({ host, source }: Coverage): string => JSON.stringify([host, source]);
const microseconds = (iso: string): number => Date.parse(iso) * 1000;

/** Neighbouring bins that the same rows touch, put together. */
function runs(rows: readonly Coverage[], start: number, width: number, number: number, all: number): Band[] {
  const members = Array.from({ length: number }, (): Coverage[] => []);
  for (const row of rows) {
    const first = Math.max(0, Math.floor((microseconds(row.time_from) - start) / width));
    const last = Math.min(number, Math.ceil((microseconds(row.time_to) - start) / width));
    for (let bin = first; bin < last; bin++) members[bin]?.push(row);
  }
  const bands: Band[] = [];
  members.forEach((present, bin) => {
    const before = bands.at(-1);
    if (!present.length) return;
    if (before?.last === bin - 1 && isSame(before.rows, present)) before.last = bin;
    else bands.push({ first: bin, last: bin, rows: present, share: new Set(present.map(kind)).size / all });
  });
  return bands;
}

const isSame = (one: Coverage[], other: Coverage[]): boolean => one.length === other.length && one.every((row, place) => row === other[place]);

/** A band in words: when, which kinds of record, and the reason given most often. */
export function told({ first, last, rows }: Band, { edges, width }: Histogram): string {
  const [row] = rows;
  if (!row) return "";
  const froms = new Set(rows.map((each) => each.time_from));
  const tos = new Set(rows.map((each) => each.time_to));
  const from = froms.size === 1 ? spoken(row.time_from) : moment(edges[first] ?? 0);
  const to = tos.size === 1 ? spoken(row.time_to) : moment((edges[last] ?? 0) + width);
  const reasons = [...Map.groupBy(rows, (each) => each.reason)].sort(([, some], [, more]) => more.length - some.length).map(([reason]) => reason);
  const others = reasons.length > 1 ? ` (${counted(reasons.length - 1, WORDS.otherReason, WORDS.otherReasons)})` : "";
  return `${from} ${WORDS.to} ${to} UTC: ${listed(rows)} ${WORDS.states[row.state] ?? row.state}. ${reasons[0]}${others}`;
}

/** `sysmon_1, sysmon_3 and 2 more`, with the hosts where there are several. */
function listed(rows: readonly Coverage[]): string {
  const sources = [...new Set(rows.map((row) => row.source))];
  const hosts = new Set(rows.map((row) => row.host));
  const names = sources.slice(0, FEW).join(", ");
  const more = sources.length > FEW ? ` ${WORDS.and} ${sources.length - FEW} ${WORDS.more}` : "";
  return `${names}${more}${hosts.size > 1 ? ` (${counted(hosts.size, WORDS.host, WORDS.hosts_)})` : ""}`;
}
