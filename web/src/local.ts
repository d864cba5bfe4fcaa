// Answers from the data inside the page.
import { Columns } from "./columns";
import { canAskLookups, chosen, LOOKUPS } from "./filter";
import { parse, type Term } from "./line";
import { grouped, keys } from "./grouping";
import { histogram, type Found } from "./overtime";
import type { Answer, Edge, Grouping, Order, Question, Rows, Source } from "./source";
import type { Row, Story } from "./story";
import { endpoint } from "./text";
import { WRONG } from "./words";

const COLUMNS: Record<Order, string> = {
  relevance: "relevance", time: "time_from", host: "host", process: "process", user: "user", parent: "parent",
  name: "name", remote: "remote_address", port: "remote_port", protocol: "protocol", direction: "direction",
  action: "action", confidence: "confidence",
};
const NUMBERS = new Set<Order>(["relevance", "time", "port", "confidence"]);

/** Some stories that are told together, and what stands behind them. */
export interface Told {
  stories: Record<string, Omit<Story, "lookups" | "records">>;
  lookups: Story["lookups"];
  records: Story["records"];
}

export class Local implements Source {
  readonly #columns: Columns;
  readonly #told: (number: number) => Promise<Told>;
  readonly #chunk: number;
  readonly #orders = new Map<string, Int32Array>();
  readonly #lookups: () => Promise<Columns>;

  /** `lookups` and `told` are read when they are first asked for. */
  constructor(bytes: Uint8Array, lookups: () => Promise<Columns>, chunk: number, told: (number: number) => Promise<Told>) {
    this.#columns = new Columns(bytes);
    this.#lookups = lookups;
    this.#chunk = chunk;
    this.#told = told;
  }

  async ask({ line, order, descending }: Question): Promise<Answer> {
    const terms = parse(line);
    const rows = chosen(this.#columns, terms, this.#order(order, descending));
    return answer(this.#columns, rows, async () => asked(await this.#lookups(), terms));
  }

  async story(identifier: string): Promise<Story> {
    const { values, index } = this.#columns.texts("story");
    const row = index.indexOf(values.indexOf(identifier));
    if (row < 0) throw new Error(WRONG.story(identifier));
    const { stories, lookups, records } = await this.#told(Math.floor(row / this.#chunk));
    return { ...(stories[identifier] as Story), lookups, records };
  }

  async values(word: Grouping, beginning: string): Promise<string[]> {
    const groups = grouped(this.#columns, all(this.#columns), word);
    return groups.flatMap(({ value }) => (value?.toLowerCase().startsWith(beginning.toLowerCase()) ? [value] : []));
  }

  /** All rows in an order, which is made once: a filter then only leaves out. */
  #order(order: Order, descending: boolean): Int32Array {
    const key = `${order} ${descending}`;
    const present = this.#orders.get(key) ?? sorted(this.#columns, all(this.#columns), order, descending);
    this.#orders.set(key, present);
    return present;
  }
}

/** Lets the browser draw what is there, the rows, before more is worked out; what nobody looks at is never drawn. */
const soon = (): Promise<void> => new Promise((done) => (document.hidden ? setTimeout(done) : requestAnimationFrame(() => setTimeout(done))));

const all = (columns: Columns): Int32Array => Int32Array.from({ length: columns.length }, (_, row) => row);

const asked = (columns: Columns, terms: readonly Term[]): Found | null =>
  canAskLookups(terms) ? { columns, time: "moment", rows: chosen(columns, terms, all(columns), LOOKUPS) } : null;

const listed = (columns: Columns, rows: Int32Array): Rows => async (first, last) =>
  Array.from(rows.subarray(first, last), (row, place) => line(columns, row, first + place));

function answer(columns: Columns, rows: Int32Array, lookups: () => Promise<Found | null>): Answer {
  return {
    total: rows.length,
    rows: listed(columns, rows),
    members: (by, value) => {
      const { values, of } = keys(columns, by);
      const place = values.indexOf(value);
      return listed(columns, rows.filter((row) => of(row).includes(place)));
    },
    histogram: async (by) => (await soon(), histogram({ columns, rows, time: "time_from" }, await lookups(), by)),
    groups: async (by, most) => {
      await soon();
      const groups = grouped(columns, rows, by);
      return { groups: groups.slice(0, most), all: groups.length };
    },
    edges: async (most) => (await soon(), edges(columns, rows, most)),
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

const JOINED = ["host", "parent", "process", "name", "remote_address"] as const;

function edges(columns: Columns, rows: Int32Array, most: number): { edges: Edge[]; all: number } {
  const found: (Edge & { row: number })[] = [];
  const edge = joinedTexts(columns);
  const confidences = columns.numbers("confidence");
  const marks = columns.numbers("marks");
  for (const row of rows) {
    const place = edge(row);
    const present = found[place];
    if (present) {
      present.stories += 1;
      present.marks = Math.max(present.marks, marks[row] ?? 0);
    } else {
      const [host, parent, process, name, remote, story] = [...JOINED, "story"].map((column) => columns.text(column, row));
      const confidence = confidences[row] ?? NaN;
      found[place] = { row, story: story ?? "", host: host ?? "", parent: parent ?? null, process: process ?? "", name: name ?? null, remote: remote ?? "unknown", stories: 1, confidence: Number.isNaN(confidence) ? null : confidence, marks: marks[row] ?? 0 };
    }
  }
  const all = found.sort((a, b) => b.marks - a.marks || b.stories - a.stories || a.row - b.row);
  return { edges: all.slice(0, most), all: all.length };
}

/** A number for each different combination of the texts of an edge, counted from 0 in order of appearance. */
function joinedTexts(columns: Columns): (row: number) => number {
  const texts = JOINED.map((name) => columns.texts(name));
  const seen = texts.map(() => new Map<number, number>());
  return (row) =>
    texts.reduce((left, { values, index }, place) => {
      const known = seen[place];
      const key = left * (values.length + 1) + (index[row] ?? -1) + 1;
      const number = known?.get(key) ?? known?.size ?? 0;
      known?.set(key, number);
      return number;
    }, 0);
}
