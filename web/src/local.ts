// Answers from the data inside the page.
import { Columns } from "./columns";
import { chosen } from "./filter";
import { parse } from "./line";
import { bins, REST, SERIES, type Answer, type Edge, type Group, type Grouping, type Histogram, type Order, type Question, type Source } from "./source";
import type { Row, Story } from "./story";
import { endpoint } from "./text";

const COLUMNS: Record<Order, string> = {
  relevance: "relevance", time: "time_from", host: "host", process: "process", user: "user", parent: "parent",
  name: "name", remote: "remote_address", port: "remote_port", protocol: "protocol", direction: "direction",
  action: "action", confidence: "confidence",
};
const NUMBERS = new Set<Order>(["relevance", "time", "port", "confidence"]);

export class Local implements Source {
  readonly #columns: Columns;
  readonly #told: (number: number) => Promise<Record<string, Story>>;
  readonly #chunk: number;

  constructor(bytes: Uint8Array, chunk: number, told: (number: number) => Promise<Record<string, Story>>) {
    this.#columns = new Columns(bytes);
    this.#chunk = chunk;
    this.#told = told;
  }

  async ask({ line, order, descending }: Question): Promise<Answer> {
    const rows = sorted(this.#columns, chosen(this.#columns, parse(line)), order, descending);
    return answer(this.#columns, rows);
  }

  async story(identifier: string): Promise<Story> {
    const { values, index } = this.#columns.texts("story");
    const row = index.indexOf(values.indexOf(identifier));
    const found = row < 0 ? undefined : (await this.#told(Math.floor(row / this.#chunk)))[identifier];
    if (!found) throw new Error(`story ${identifier} is not in this report`);
    return found;
  }

  async values(word: Grouping, beginning: string): Promise<string[]> {
    const { groups } = grouped(this.#columns, this.#everything(), word);
    return groups.flatMap(({ value }) => (value?.toLowerCase().startsWith(beginning.toLowerCase()) ? [value] : []));
  }

  #everything(): Int32Array {
    return Int32Array.from({ length: this.#columns.length }, (_, row) => row);
  }
}

function answer(columns: Columns, rows: Int32Array): Answer {
  return {
    total: rows.length,
    rows: async (first, last) => Array.from(rows.subarray(first, last), (row, place) => line(columns, row, first + place)),
    histogram: async (by) => histogram(columns, rows, by),
    groups: async (by, most) => {
      const { groups } = grouped(columns, rows, by);
      return { groups: groups.slice(0, most), all: groups.length };
    },
    edges: async (most) => edges(columns, rows, most),
  };
}

/** Null comes last either way; the columns' own order, by host and time, decides ties. */
function sorted(columns: Columns, rows: Int32Array, order: Order, descending: boolean): Int32Array {
  const rank = NUMBERS.has(order) ? columns.numbers(COLUMNS[order]) : ranks(columns, COLUMNS[order]);
  const sign = descending ? -1 : 1;
  return rows.slice().sort((a, b) => {
    const [left, right] = [rank[a] ?? NaN, rank[b] ?? NaN];
    if (left === right) return a - b;
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) ? (Number.isNaN(right) ? a - b : 1) : -1;
    return sign * (left - right);
  });
}

/** A number for each row that sorts as its text does: each different text is compared once. */
function ranks(columns: Columns, name: string): Float64Array {
  const { values, index } = columns.texts(name);
  const places = new Float64Array(values.length);
  const order = values.map((value, place) => ({ value: value.toLowerCase(), place })).sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  order.forEach(({ place }, rank) => (places[place] = rank));
  return Float64Array.from(index, (place) => places[place] ?? NaN);
}

export function line(columns: Columns, row: number, number: number): Row {
  const text = (name: string) => columns.text(name, row);
  return {
    number,
    story: text("story") ?? "",
    host: text("host") ?? "",
    shortHost: text("host_short") ?? "",
    time: columns.number("time_from", row),
    direction: text("direction") ?? "",
    action: text("action") ?? "",
    protocol: text("protocol"),
    local: endpoint(text("local_address"), columns.number("local_port", row)),
    remote: text("remote_address") ?? "unknown",
    port: columns.number("remote_port", row),
    name: text("name"),
    process: text("process") ?? "",
    pid: columns.number("pid", row),
    user: text("user"),
    parent: text("parent"),
    confidence: columns.number("confidence", row),
    sources: text("sources")?.split("\n") ?? [],
    marks: columns.number("marks", row) ?? 0,
  };
}

/** The text of a row that a grouping goes by; a row with several sources belongs to several groups. */
function keys(columns: Columns, by: Grouping): (row: number) => (string | null)[] {
  if (by === "port") return (row) => [columns.number("remote_port", row)?.toString() ?? null];
  const { values, index } = columns.texts(by === "source" ? "sources" : by);
  const split = values.map((value) => (by === "source" ? value.split("\n") : [value]));
  return (row) => split[index[row] ?? -1] ?? [null];
}

function grouped(columns: Columns, rows: Int32Array, by: Grouping): { groups: Group[] } {
  const found = new Map<string | null, Group>();
  const key = keys(columns, by);
  const times = columns.numbers("time_from");
  for (const row of rows) {
    const time = times[row] ?? NaN;
    for (const value of key(row)) {
      const group = found.get(value);
      if (group) Object.assign(group, { stories: group.stories + 1, first: Math.min(group.first ?? time, time), last: Math.max(group.last ?? time, time) });
      else found.set(value, { value, stories: 1, first: time, last: time });
    }
  }
  return { groups: [...found.values()].sort((a, b) => b.stories - a.stories || ((a.value ?? "") < (b.value ?? "") ? -1 : 1)) };
}

function histogram(columns: Columns, rows: Int32Array, by: Grouping): Histogram {
  const times = columns.numbers("time_from");
  const timed = rows.filter((row) => !Number.isNaN(times[row]));
  const [first, last] = timed.reduce(([low, high], row) => [Math.min(low, times[row] ?? low), Math.max(high, times[row] ?? high)], [Infinity, -Infinity]);
  if (!timed.length) return { width: 1e6, edges: [], series: [] };
  const { start, width, number } = bins(first, last);
  const labels = grouped(columns, timed, by).groups.slice(0, SERIES).map((group) => group.value);
  const counts = new Map<string | null | undefined, number[]>([...labels, undefined].map((label) => [label, Array<number>(number).fill(0)]));
  const key = keys(columns, by);
  for (const row of timed) {
    const value = key(row)[0] ?? null;
    const series = counts.get(counts.has(value) ? value : undefined);
    const bin = Math.floor(((times[row] ?? 0) - start) / width);
    if (series) series[bin] = (series[bin] ?? 0) + 1;
  }
  return {
    width,
    edges: Array.from({ length: number }, (_, bin) => start + bin * width),
    series: [...counts].map(([label, bars]) => ({ label: label === undefined ? REST : label ?? "unknown", counts: bars })).filter(({ label, counts: bars }) => label !== REST || bars.some(Boolean)),
  };
}

function edges(columns: Columns, rows: Int32Array, most: number): { edges: Edge[]; all: number } {
  const found = new Map<string, Edge>();
  for (const row of rows) {
    const { host, parent, process, name, remote, confidence, marks } = line(columns, row, 0);
    const key = JSON.stringify([host, parent, process, name, remote]);
    const edge = found.get(key);
    if (edge) Object.assign(edge, { stories: edge.stories + 1, marks: Math.max(edge.marks, marks) });
    else found.set(key, { host, parent, process, name, remote, stories: 1, confidence, marks });
  }
  const all = [...found.entries()].sort(([a, one], [b, other]) => other.marks - one.marks || other.stories - one.stories || (a < b ? -1 : 1));
  return { edges: all.slice(0, most).map(([, edge]) => edge), all: all.length };
}
