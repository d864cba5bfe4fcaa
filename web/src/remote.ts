// Answers from the workbench's server.
import { Columns } from "./columns";
import { Wrong, parse } from "./line";
import { line } from "./local";
import type { Answer, Edge, Group, Grouping, Histogram, Question, Rows, Source } from "./source";
import type { Row, Story } from "./story";

type Words = Record<string, string | number | boolean>;
const PAGE = 200;

export class Remote implements Source {
  async ask(question: Question): Promise<Answer> {
    parse(question.line);
    const words = { ...question };
    const { total } = await get<{ total: number }>("count", words);
    const members = new Map<string, Rows>();
    return {
      total,
      rows: paged(words),
      members: (by, value) => {
        const key = JSON.stringify([by, value]);
        const present = members.get(key) ?? paged({ ...words, by, ...(value === null ? {} : { value }) });
        members.set(key, present);
        return present;
      },
      histogram: (by) => get<Histogram>("histogram", { line: question.line, by }),
      groups: async (by, most) => {
        const groups = await get<(Group & { groups: number })[]>("groups", { line: question.line, by, most });
        return { groups, all: groups[0]?.groups ?? 0 };
      },
      edges: async (most) => {
        const edges = await get<(Edge & { edges: number })[]>("edges", { line: question.line, most });
        return { edges, all: edges[0]?.edges ?? 0 };
      },
    };
  }

  story = (story: string): Promise<Story> => get<Story>("story", { story });

  near = (story: string, most: number): Promise<Row[]> => rows("near", { story, most }, 0);

  async values(by: Grouping, beginning: string): Promise<string[]> {
    const groups = await get<Group[]>("groups", { by, most: 12, ...(beginning ? { beginning } : {}) });
    return groups.flatMap(({ value }) => (value === null ? [] : [value]));
  }
}

/** Rows of a question, fetched and kept by the page. */
function paged(words: Words): Rows {
  const pages = new Map<number, Promise<Row[]>>();
  const page = (number: number): Promise<Row[]> => {
    const present = pages.get(number) ?? rows("rows", { ...words, first: number * PAGE, last: (number + 1) * PAGE }, number * PAGE);
    if (pages.size > 50) pages.clear();
    pages.set(number, present);
    return present;
  };
  return async (first, last) => {
    const start = Math.floor(first / PAGE);
    const numbers = Array.from({ length: Math.ceil(last / PAGE) - start }, (_, place) => start + place);
    return (await Promise.all(numbers.map(page))).flat().filter((row) => row.number >= first && row.number < last);
  };
}

async function rows(name: string, words: Words, first: number): Promise<Row[]> {
  const columns = new Columns(new Uint8Array(await (await asked(name, words)).arrayBuffer()));
  return Array.from({ length: columns.length }, (_, row) => line(columns, row, first + row));
}

export async function get<T>(name: string, words: Words = {}): Promise<T> {
  return (await asked(name, words)).json() as Promise<T>;
}

export async function post<T>(name: string, content: unknown): Promise<T> {
  const answer = await fetch(`/api/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(content) });
  return (await checked(answer)).json() as Promise<T>;
}

const asked = async (name: string, words: Words): Promise<Response> =>
  checked(await fetch(`/api/${name}?${new URLSearchParams(Object.entries(words).map(([word, value]) => [word, String(value)]))}`));

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  const text = await answer.text();
  const said = /^\{/.test(text) ? (JSON.parse(text) as { error: string }).error : text.trim();
  throw answer.status === 400 ? new Wrong(said) : new Error(said);
}
