// What rows have in common, over the columns of a page.
import type { Columns } from "./columns";
import type { Group, Grouping } from "./source";

/** The texts that a grouping goes by; a row with several sources belongs to several groups. */
export interface Keys {
  values: (string | null)[];
  of: (row: number) => readonly number[];
}

export function keys(columns: Columns, by: Grouping): Keys {
  if (by === "port") return ports(columns.numbers("remote_port"));
  const { values, index } = columns.texts(by === "source" ? "sources" : by);
  const nothing = [values.length];
  if (by !== "source") {
    const single = values.map((_, place) => [place]);
    return { values: [...values, null], of: (row) => single[index[row] ?? -1] ?? nothing };
  }
  const sources = [...new Set(values.flatMap((joined) => joined.split("\n")))];
  const places = values.map((joined) => joined.split("\n").map((source) => sources.indexOf(source)));
  return { values: [...sources, null], of: (row) => places[index[row] ?? -1] ?? [sources.length] };
}

function ports(numbers: Float64Array): Keys {
  const values: (string | null)[] = [null];
  const places = new Map<number, readonly number[]>();
  const nothing = [0];
  return {
    values,
    of: (row) => {
      const port = numbers[row] ?? NaN;
      if (Number.isNaN(port)) return nothing;
      const present = places.get(port) ?? [values.push(String(port)) - 1];
      places.set(port, present);
      return present;
    },
  };
}

export function grouped(columns: Columns, rows: Int32Array, by: Grouping, { values, of } = keys(columns, by)): Group[] {
  const times = columns.numbers("time_from");
  const found: Group[] = [];
  for (const row of rows) {
    const time = times[row] ?? NaN;
    for (const place of of(row)) {
      const group = (found[place] ??= { value: values[place] ?? null, stories: 0, first: time, last: time });
      group.stories += 1;
      if (!((group.first ?? NaN) <= time)) group.first = time;
      if (!((group.last ?? NaN) >= time)) group.last = time;
    }
  }
  return found.filter(Boolean).sort((a, b) => b.stories - a.stories || ((a.value ?? "") < (b.value ?? "") ? -1 : 1));
}
