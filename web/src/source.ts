// Where the views get what they show: the report asks the data inside the page, the workbench its server.
import type { Row, Story } from "./story";

export const GROUPINGS = ["process", "destination", "name", "user", "host", "parent", "port", "protocol", "direction", "action", "source"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const ORDERS = ["relevance", "time", "host", "process", "user", "parent", "name", "remote", "port", "protocol", "direction", "action", "confidence"] as const;
export type Order = (typeof ORDERS)[number];

export interface Question {
  line: string;
  order: Order;
  descending: boolean;
}

export interface Group {
  value: string | null;
  stories: number;
  first: number | null;
  last: number | null;
}

/**
 * Stories and look-ups over time: `edges` are the bins' beginnings in microseconds; each series has a list of counts
 * of stories and one of look-ups. `asked` look-ups were found, `unplaced` of them without a moment on record; null
 * where the question holds a word that look-ups do not have.
 */
export interface Histogram {
  width: number;
  edges: number[];
  series: { label: string; counts: number[]; asked: number[] }[];
  asked: number | null;
  unplaced: number | null;
}

export interface Edge {
  /** The first of its stories. */
  story: string;
  host: string;
  parent: string | null;
  process: string;
  name: string | null;
  remote: string;
  stories: number;
  confidence: number | null;
  marks: number;
}

/** Rows `first` to `last`, counted from 0, the last not among them. */
export type Rows = (first: number, last: number) => Promise<Row[]>;

/** What a question found. Everything is about the same stories, in the same order. */
export interface Answer {
  total: number;
  rows(first: number, last: number): Promise<Row[]>;
  /** The stories of one group, in the same order. */
  members(by: Grouping, value: string | null): Rows;
  histogram(by: Grouping): Promise<Histogram>;
  groups(by: Grouping, most: number): Promise<{ groups: Group[]; all: number }>;
  edges(most: number): Promise<{ edges: Edge[]; all: number }>;
}

export interface Source {
  ask(question: Question): Promise<Answer>;
  /** `signal` says when nobody waits for it any more. */
  story(identifier: string, signal?: AbortSignal): Promise<Story>;
  values(word: Grouping, beginning: string): Promise<string[]>;
}

export const BINS = 160;
export const SERIES = 6;
export const REST = "all others";

/** Beginning and width of the bins between two times: whole seconds, minutes or hours, so that edges are round. */
export function bins(first: number, last: number): { start: number; width: number; number: number } {
  if (first > last) return { start: 0, width: 1e6, number: 0 };
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const seconds = (last - first) / 1e6;
  const step = steps.find((candidate) => seconds / candidate <= BINS) ?? 86400 * Math.ceil(seconds / 86400 / BINS);
  const width = step * 1e6;
  const start = Math.floor(first / width) * width;
  return { start, width, number: Math.floor((last - start) / width) + 1 };
}
