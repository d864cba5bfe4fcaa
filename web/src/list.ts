// What the table lists: stories one below the other, or groups of which some are unfolded.
import type { Answer, Group, Grouping, Rows } from "./source";
import type { Row } from "./story";

export interface Heading {
  number: number;
  group: Group;
  isOpen: boolean;
}

export type Line = Row | Heading;
export const isHeading = (line: Line): line is Heading => "group" in line;

export interface List {
  total: number;
  rows(first: number, last: number): Promise<Line[]>;
  /** The place of the heading over a place; null where nothing is grouped. */
  heading(place: number): number | null;
}

export const flat = (answer: Answer): List => ({ total: answer.total, rows: answer.rows, heading: () => null });

/** Groups in their order; behind the heading of an open one come its stories. */
export function folded(answer: Answer, by: Grouping, groups: readonly Group[], open: ReadonlySet<string | null>): List {
  const starts: number[] = [];
  const members = new Map<number, Rows>();
  let total = 0;
  groups.forEach((group, number) => {
    starts.push(total);
    if (open.has(group.value)) members.set(number, answer.members(by, group.value));
    total += 1 + (members.has(number) ? group.stories : 0);
  });
  const within = async (group: Group, number: number, first: number, last: number): Promise<Line[]> => {
    const start = starts[number] ?? 0;
    const heading = first <= start ? [{ number: start, group, isOpen: members.has(number) }] : [];
    const [from, to] = [Math.max(first - start - 1, 0), Math.min(last - start - 1, group.stories)];
    const rows = to > from ? ((await members.get(number)?.(from, to)) ?? []) : [];
    return [...heading, ...rows.map((row) => ({ ...row, number: row.number + start + 1 }))];
  };
  return {
    total,
    rows: async (first, last) => {
      const pieces: Promise<Line[]>[] = [];
      for (let number = groupAt(starts, first); number < groups.length && (starts[number] ?? 0) < last; number++) {
        const group = groups[number];
        if (group) pieces.push(within(group, number, first, last));
      }
      return (await Promise.all(pieces)).flat();
    },
    heading: (place) => starts[groupAt(starts, place)] ?? null,
  };
}

/** The number of the last group that begins at a place or before it. */
function groupAt(starts: readonly number[], place: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
