// A long table of texts, fetched page by page as it is scrolled.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { visible } from "../text";
import { Failure, Said } from "./common";
import { ROW, TALLEST, firstRow } from "./table";

const PAGE = 100;
const KEPT = 40;

/** A column and which way. */
export interface Sorting {
  column: string;
  down: boolean;
}

export interface PagedProps {
  label: string;
  columns: string[];
  sortable: readonly string[];
  order: Sorting | null;
  onOrder: (column: string) => void;
  total: number;
  page: (first: number, last: number) => Promise<string[][]>;
}

export function Paged({ label, columns, sortable, order, onOrder, total, page }: PagedProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const pages = useMemo(() => new Map<number, string[][]>(), [page]);
  const [, setRead] = useState(0);
  const [fault, setFault] = useState<unknown>(null);
  const height = Math.min(total * ROW, TALLEST);
  const first = firstRow(total, view, height);
  const last = Math.min(total, first + Math.ceil(view.height / ROW) + 1);
  const offset = height < total * ROW ? view.top - (view.top % ROW) : first * ROW;
  const numbers = Array.from({ length: Math.max(0, last - first) }, (_, place) => first + place);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measured = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }));
    measured.observe(element);
    return () => measured.disconnect();
  }, []);
  const [from, to] = [Math.floor(first / PAGE), Math.floor(Math.max(first, last - 1) / PAGE)];
  useEffect(() => {
    // a page is fetched where the scrolling rests
    const timer = setTimeout(() => {
      if (pages.size > KEPT) pages.clear();
      for (const number of new Set([from, to])) {
        if (pages.has(number)) continue;
        page(number * PAGE, Math.min(total, (number + 1) * PAGE)).then(
          (rows) => (pages.set(number, rows), setRead((count) => count + 1)),
          setFault,
        );
      }
    }, 60);
    return () => clearTimeout(timer);
  }, [page, from, to]);
  const minimum = { minWidth: `${columns.length * 11}rem` };
  return (
    <>
      {fault ? <Failure error={fault} /> : null}
      <div
        class="rows long"
        ref={scroller}
        tabIndex={0}
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      >
        <div class="row head" role="row" aria-rowindex={1} style={minimum}>
          {columns.map((column) => (
            <div key={column} role="columnheader" class="cell" aria-sort={order?.column === column ? (order.down ? "descending" : "ascending") : "none"}>
              {sortable.includes(column) ? (
                <button type="button" onClick={() => onOrder(column)}>
                  <Said text={column} />
                  {order?.column === column && <span aria-hidden="true">{order.down ? " ↓" : " ↑"}</span>}
                </button>
              ) : (
                <Said text={column} />
              )}
            </div>
          ))}
        </div>
        <div class="canvas" role="rowgroup" style={{ height: `${height}px`, ...minimum }}>
          {numbers.map((number) => (
            <div key={number} role="row" aria-rowindex={number + 2} class="row" style={{ top: `${offset + (number - first) * ROW}px` }}>
              {columns.map((column, place) => {
                const text = pages.get(Math.floor(number / PAGE))?.[number % PAGE]?.[place] ?? "";
                return (
                  <div key={column} role="gridcell" class="cell" title={visible(text)}>
                    <Said text={text} />
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}
