// Answers from the workbench's server.
import { Columns } from "./columns";
import { Wrong, parse } from "./line";
import { line } from "./local";
import type { Answer, Edge, Group, Grouping, Histogram, Question, Rows, Source } from "./source";
import type { Row, Story } from "./story";

type Words = Record<string, string | number | boolean>;
const PAGE = 200;

export class Remote implements Source {
  #asking = new AbortController();
  #latest: Promise<unknown> = Promise.resolve();

  /** What was asked about an earlier question and is still on its way is let go of: the server answers one at a time. */
  async ask(question: Question): Promise<Answer> {
    parse(question.line);
    const words = { ...question };
    this.#asking.abort();
    this.#asking = new AbortController();
    const counting = get<{ total: number }>("count", words, this.#asking.signal);
    this.#latest = counting;
    const { total } = await counting;
    const members = new Map<string, Rows>();
    const about = <T>(name: string, more: Words) => this.#unlessDropped((signal) => get<T>(name, more, signal));
    const paged = (more: Words) => pages((first, last) => this.#unlessDropped((signal) => rows("rows", { ...more, first, last }, first, signal)));
    return {
      total,
      rows: paged(words),
      members: (by, value) => {
        const key = JSON.stringify([by, value]);
        const present = members.get(key) ?? paged({ ...words, by, ...(value === null ? {} : { value }) });
        members.set(key, present);
        return present;
      },
      histogram: (by) => about<Histogram>("histogram", { line: question.line, by }),
      groups: async (by, most) => {
        const groups = await about<(Group & { groups: number })[]>("groups", { line: question.line, by, most });
        return { groups, all: groups[0]?.groups ?? 0 };
      },
      edges: async (most) => {
        const edges = await about<(Edge & { edges: number })[]>("edges", { line: question.line, most });
        return { edges, all: edges[0]?.edges ?? 0 };
      },
    };
  }

  /** What is let go of is asked again where the newer question was refused: then this is still what is shown. */
  async #unlessDropped<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#asking;
    try {
      return await ask(signal);
    } catch (error) {
      const isReplaced = !signal.aborted || (await this.#latest.then(() => true, () => false));
      if (isReplaced) throw error;
      return this.#unlessDropped(ask);
    }
  }

  story = (story: string, signal?: AbortSignal): Promise<Story> => get<Story>("story", { story }, signal);

  near = (story: string, most: number): Promise<Row[]> => rows("near", { story, most }, 0);

  async values(by: Grouping, beginning: string): Promise<string[]> {
    const groups = await get<Group[]>("groups", { by, most: 12, ...(beginning ? { beginning } : {}) });
    return groups.flatMap(({ value }) => (value === null ? [] : [value]));
  }
}

/** Rows fetched page by page and kept; a page that did not come is fetched anew when it is wanted again. */
function pages(fetched: Rows): Rows {
  const kept = new Map<number, Promise<Row[]>>();
  const page = (number: number): Promise<Row[]> => {
    const present = kept.get(number) ?? fetched(number * PAGE, (number + 1) * PAGE);
    if (kept.size > 50) kept.clear();
    kept.set(number, present);
    present.catch(() => kept.delete(number));
    return present;
  };
  return async (first, last) => {
    const start = Math.floor(first / PAGE);
    const numbers = Array.from({ length: Math.ceil(last / PAGE) - start }, (_, place) => start + place);
    return (await Promise.all(numbers.map(page))).flat().filter((row) => row.number >= first && row.number < last);
  };
}

async function rows(name: string, words: Words, first: number, signal?: AbortSignal): Promise<Row[]> {
  const columns = new Columns(new Uint8Array(await (await asked(name, words, signal)).arrayBuffer()));
  return Array.from({ length: columns.length }, (_, row) => line(columns, row, first + row));
}

export async function get<T>(name: string, words: Words = {}, signal?: AbortSignal): Promise<T> {
  return (await asked(name, words, signal)).json() as Promise<T>;
}

export async function post<T>(name: string, content: unknown): Promise<T> {
  const answer = await fetch(`/api/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(content) });
  return (await checked(answer)).json() as Promise<T>;
}

const asked = async (name: string, words: Words, signal?: AbortSignal): Promise<Response> =>
  checked(await fetch(`/api/${name}?${new URLSearchParams(Object.entries(words).map(([word, value]) => [word, String(value)]))}`, signal && { signal }));

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  const text = await answer.text();
  const said = /^\{/.test(text) ? (JSON.parse(text) as { error: string }).error : text.trim();
  throw answer.status === 400 ? new Wrong(said) : new Error(said);
}
