// Stories and look-ups over time, over the columns of a page.
import type { Columns } from "./columns";
import { grouped, keys, type Keys } from "./grouping";
import { bins, REST, SERIES, type Grouping, type Histogram } from "./source";

/** Rows of columns, placed by the column `time`. */
export interface Found {
  columns: Columns;
  rows: Int32Array;
  time: string;
}

/** Null comes behind every text. */
const LAST = "\uffff";

export function histogram(stories: Found, lookups: Found | null, by: Grouping): Histogram {
  const { start, width, number } = bins(...ends([stories, ...(lookups ? [lookups] : [])]));
  const known = keys(stories.columns, by);
  const asking = lookups && asker(lookups.columns, by);
  const totals = new Map(grouped(stories.columns, placed(stories), by, known).map((group) => [group.value, group.stories]));
  if (lookups && asking) for (const group of grouped(lookups.columns, placed(lookups), by, asking)) totals.set(group.value, (totals.get(group.value) ?? 0) + group.stories);
  const labels = [...totals].sort(([a, many], [b, more]) => more - many || ((a ?? LAST) < (b ?? LAST) ? -1 : 1)).slice(0, SERIES).map(([value]) => value);
  const counts = counted(stories, known, labels, { start, width, number });
  const more = lookups ? counted(lookups, asking, labels, { start, width, number }) : counts.map(() => Array<number>(number).fill(0));
  return {
    width,
    edges: Array.from({ length: number }, (_, bin) => start + bin * width),
    series: counts
      .map((bars, place) => ({ label: place === labels.length ? REST : labels[place] ?? "unknown", counts: bars, asked: more[place] ?? [] }))
      .filter(({ counts: bars, asked }, place) => place < labels.length || bars.some(Boolean) || asked.some(Boolean)),
    asked: lookups && lookups.rows.length,
    unplaced: lookups && lookups.rows.length - more.flat().reduce((total, counted) => total + counted, 0),
  };
}

function placed({ columns, rows, time }: Found): Int32Array {
  const times = columns.numbers(time);
  return rows.filter((row) => !Number.isNaN(times[row] ?? NaN));
}

/** The first and the last time of some rows. */
function ends(found: Found[]): [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { columns, rows, time: name } of found) {
    const times = columns.numbers(name);
    for (const row of rows) {
      const time = times[row] ?? NaN;
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return [first, last];
}

/** What look-ups are grouped by; null where they do not have it. */
const ASKED: Partial<Record<Grouping, string>> = { process: "process", destination: "name", name: "name", user: "user", host: "host" };
const asker = (columns: Columns, by: Grouping): Keys | null => (ASKED[by] ? keys(columns, ASKED[by] as Grouping) : null);

/** A list of counts for each label, and a last one for all others. */
function counted({ columns, rows, time }: Found, known: Keys | null, labels: readonly (string | null)[], { start, width, number }: ReturnType<typeof bins>): number[][] {
  const counts = [...labels, REST].map(() => Array<number>(number).fill(0));
  const times = columns.numbers(time);
  const series: number[] = [];
  for (const row of rows) {
    const bin = Math.floor(((times[row] ?? NaN) - start) / width);
    const place = known?.of(row)[0] ?? 0;
    const bars = counts[known ? (series[place] ??= labelled(labels, known.values[place] ?? null)) : labels.length];
    if (bars && bin >= 0) bars[bin] = (bars[bin] ?? 0) + 1;
  }
  return counts;
}

/** Which series a value belongs to; those without one of their own share the last. */
function labelled(labels: readonly (string | null)[], value: string | null): number {
  const place = labels.indexOf(value);
  return place < 0 ? labels.length : place;
}
