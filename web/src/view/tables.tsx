// The tables behind the stories, as `trackway show` gives them.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../remote";
import { count, visible } from "../text";
import { WORDS } from "../words";
import { Choice, Failure, Quiet, Said, Waiting, useResult } from "./common";
import { Paged, type Sorting } from "./paged";
import { Plain } from "./plain";

const VIEWS = ["lookups", "processes", "scripts", "links", "clocks", "coverage", "files", "skipped"] as const;
type View = (typeof VIEWS)[number];
/** More rows than that exist only where they are in sight. */
const MOST = 500;

/** Numbers sort as numbers, what is empty comes last. */
const sorting = (text: string): string | number | null => (text === "" ? null : /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text.toLowerCase());

interface Texts {
  columns: string[];
  sortable: string[];
  rows: string[][];
  total: number;
}

export function TablesView({ first }: { first: View }): JSX.Element {
  const [view, setView] = useState<View>(first);
  const [text, setText] = useState("");
  const [contains, setContains] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setContains(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  const [order, setOrder] = useState<Sorting | null>(null);
  useEffect(() => setOrder(null), [view]);
  const { value: found, error } = useResult(async (signal) => {
    const words = { view, contains, ...(order && { order: order.column, descending: order.down }) };
    const page = (first: number, last: number, until?: AbortSignal) => get<Texts>("table", { ...words, first, last }, until);
    return { ...(await page(0, MOST, signal)), key: JSON.stringify(words), page: async (first: number, last: number) => (await page(first, last)).rows };
  }, [view, contains, order]);
  const sortBy = (column: string) => setOrder({ column, down: order?.column === column && !order.down });
  return (
    <div class="page dense">
      <div class="noting-row">
        <Choice label={WORDS.table} value={view} options={VIEWS} name={(option) => option} onChange={setView} />
        <label class="choice">
          <span>{WORDS.contains}</span>
          <input type="text" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        {found && (
          <p class="quiet" role="status">
            {count(found.total)} {WORDS.rows}
          </p>
        )}
      </div>
      {error ? <Failure error={error} /> : null}
      {!found && !error && <Waiting />}
      {found && found.rows.length === 0 && <Quiet>{WORDS.rowsNone}</Quiet>}
      {found && found.total > MOST && <Paged key={found.key} label={view} columns={found.columns} sortable={found.sortable} order={order} onOrder={sortBy} total={found.total} page={found.page} />}
      {found && found.rows.length > 0 && found.total <= MOST && (
        <Plain<string[]> key={view} label={view} rows={found.rows} columns={found.columns.map((title, place) => ({ title, value: (row) => sorting(row[place] ?? ""), shown: (row) => <span title={visible(row[place] ?? "")}><Said text={row[place] ?? ""} /></span> }))} />
      )}
    </div>
  );
}
