// The stories as a table of which only the rows in sight exist. A million rows scroll as ten do.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isHeading, type Heading, type Line, type List } from "../list";
import type { Order } from "../source";
import type { Row } from "../story";
import { count, counted, moment, visible } from "../text";
import { COLUMN, WORDS } from "../words";
import { Confidence, Failure, Said } from "./common";

export const ROW = 30;
const MARGIN = 12;
/** Browsers cut elements that are taller; beyond it the scroll bar stands for a share of the rows. */
export const TALLEST = 12_000_000;

export type Column = Exclude<Order, "relevance">;
export const COLUMNS: readonly Column[] = ["time", "host", "process", "parent", "user", "name", "remote", "port", "protocol", "direction", "action", "confidence"];
export const SHOWN: readonly Column[] = ["time", "host", "process", "parent", "name", "remote", "port", "action", "confidence"];
const RIGHT = new Set<Column>(["port", "confidence"]);

export interface TableProps {
  list: List;
  /** What the list is of: while it is the same, unfolding a group leaves the place in sight. */
  subject: unknown;
  isGrouped: boolean;
  onFold: (value: string | null) => void;
  columns: readonly Column[];
  order: Order;
  descending: boolean;
  current: string | null;
  onOrder: (order: Column) => void;
  onOpen: (story: string) => void;
}

export function Table(props: TableProps): JSX.Element {
  const { list, columns, subject } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const { rows, fault } = useWindow(list, subject, view);
  const [cursor, setCursor] = useState(0);
  const height = Math.min(list.total * ROW, TALLEST);
  const first = firstRow(list.total, view, height);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measured = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }));
    measured.observe(element);
    return () => measured.disconnect();
  }, []);
  useEffect(() => {
    setCursor(0);
    scroller.current?.scrollTo({ top: 0 });
  }, [subject]);

  const move = (target: number) => {
    const row = Math.max(0, Math.min(list.total - 1, target));
    const element = scroller.current;
    setCursor(row);
    if (!element) return;
    const room = Math.floor((element.clientHeight - ROW) / ROW);
    if (row < first + 1 || row >= first + room) {
      const wanted = row < first + 1 ? row - 1 : row - room + 1;
      element.scrollTo({ top: scrollOf(list.total, Math.max(0, wanted), element.clientHeight - ROW, height) });
    }
  };
  const lineAt = (number: number) => rows.find((present) => present.number === number);
  const open = (line: Line | undefined) => {
    if (!line) return;
    if (isHeading(line)) props.onFold(line.group.value);
    else props.onOpen(line.story);
  };
  /** Right unfolds a group and then enters it; left goes to its heading and then folds it. */
  const turn = (isRight: boolean) => {
    const line = lineAt(cursor);
    const heading = list.heading(cursor);
    if (line && isHeading(line) && line.isOpen !== isRight) open(line);
    else if (isRight && line && isHeading(line)) move(cursor + 1);
    else if (!isRight && heading !== null) move(heading);
  };
  const onKey = (event: KeyboardEvent) => {
    const page = Math.floor(view.height / ROW) - 2;
    const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== event.currentTarget && event.key === "Enter") return;
    if (event.key === "Enter") open(lineAt(cursor));
    else if (props.isGrouped && /^Arrow(Left|Right)$/.test(event.key)) turn(event.key === "ArrowRight");
    else if (step !== undefined) move(cursor + step);
    else return;
    event.preventDefault();
  };
  const shift = view.top - (view.top % ROW);
  const offset = height < list.total * ROW ? shift : first * ROW;
  const style = (line: Line) => ({ top: `${offset + (line.number - first) * ROW}px` });
  return (
    <div
      class="rows"
      ref={scroller}
      tabIndex={0}
      role={props.isGrouped ? "treegrid" : "grid"}
      aria-label={WORDS.stories}
      aria-rowcount={list.total + 1}
      aria-activedescendant={rows.some((row) => row.number === cursor) ? `row-${cursor}` : undefined}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      onKeyDown={onKey}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <Head key={column} column={column} props={props} />
        ))}
      </div>
      <div class="canvas" role="rowgroup" aria-busy={!fault && list.total > 0 && rows.length === 0} style={{ height: `${height}px` }}>
        {rows.map((row) => isHeading(row) ? (
          <HeadingRow key={`${row.number} group`} heading={row} isCursor={row.number === cursor} columns={columns.length} style={style(row)} onFold={() => (setCursor(row.number), open(row))} />
        ) : (
          <div
            key={row.number}
            id={`row-${row.number}`}
            role="row"
            aria-rowindex={row.number + 2}
            aria-selected={row.story === props.current}
            aria-level={props.isGrouped ? 2 : undefined}
            class={`row${row.number === cursor ? " is-cursor" : ""}${row.story === props.current ? " is-open" : ""}${row.number % 2 ? " odd" : ""}`}
            style={style(row)}
            onClick={() => {
              setCursor(row.number);
              props.onOpen(row.story);
            }}
          >
            {columns.map((column) => (
              <div key={column} role="gridcell" class={`cell ${column}`}>
                <Cell row={row} column={column} />
              </div>
            ))}
          </div>
        ))}
      </div>
      {fault ? <Failure error={fault} /> : null}
      {list.total === 0 && <p class="quiet none">{WORDS.noMatch}</p>}
    </div>
  );
}

/** A group: its value, how many stories it has, from when to when. */
function HeadingRow(props: { heading: Heading; isCursor: boolean; columns: number; style: { top: string }; onFold: () => void }): JSX.Element {
  const { group, isOpen, number } = props.heading;
  return (
    <div id={`row-${number}`} role="row" aria-rowindex={number + 2} aria-level={1} aria-expanded={isOpen} aria-label={visible(`${group.value ?? WORDS.noValue}, ${counted(group.stories, WORDS.story, WORDS.stories)}`)} class={`row heading${props.isCursor ? " is-cursor" : ""}`} style={props.style} onClick={props.onFold}>
      <div role="gridcell" aria-colspan={props.columns} class="cell group">
        <span class="fold" aria-hidden="true">
          {isOpen ? "▾" : "▸"}
        </span>
        <span class="number">{count(group.stories)}</span>
        <b>
          <Said text={group.value} />
        </b>
        <span class="quiet">
          <time>{moment(group.first)}</time> {WORDS.to} <time>{moment(group.last)}</time>
        </span>
      </div>
    </div>
  );
}

function Head({ column, props }: { column: Column; props: TableProps }): JSX.Element {
  const isOrder = props.order === column;
  return (
    <div role="columnheader" aria-sort={isOrder ? (props.descending ? "descending" : "ascending") : "none"} class={`cell ${column}`}>
      <button type="button" onClick={() => props.onOrder(column)} tabIndex={-1}>
        {RIGHT.has(column) && isOrder && <Arrow down={props.descending} />}
        {COLUMN[column]}
        {!RIGHT.has(column) && isOrder && <Arrow down={props.descending} />}
      </button>
    </div>
  );
}

const Arrow = ({ down }: { down: boolean }): JSX.Element => <span aria-hidden="true">{down ? " ↓ " : " ↑ "}</span>;

function Cell({ row, column }: { row: Row; column: Column }): JSX.Element | null {
  if (column === "confidence") return <Confidence value={row.confidence} />;
  if (column === "time") return <time>{moment(row.time)}</time>;
  if (column === "process") {
    return (
      <>
        {row.marks > 0 && <span class="mark" title={COLUMN.marks} data-marks={row.marks} />}
        <Said text={row.process} /> {row.pid !== null && <span class="pid">{row.pid}</span>}
      </>
    );
  }
  if (column === "host") return <Said text={row.shortHost} />;
  const value = row[column];
  return value === null ? null : <Said text={value} />;
}

/** Which row is on top: where rows do not fit on the canvas, the share of the way scrolled says. */
export function firstRow(total: number, view: { top: number; height: number }, height: number): number {
  if (height >= total * ROW) return Math.floor(view.top / ROW);
  const room = view.height - ROW;
  const share = Math.min(1, view.top / Math.max(1, height - room));
  return Math.floor(share * Math.max(0, total - room / ROW));
}

function scrollOf(total: number, row: number, room: number, height: number): number {
  if (height >= total * ROW) return row * ROW;
  return (row / Math.max(1, total - room / ROW)) * (height - room);
}

/** The rows in sight and a few around them; older ones stay until the newer are there. */
function useWindow(list: List, subject: unknown, view: { top: number; height: number }): { rows: Line[]; fault: unknown } {
  const [found, setFound] = useState<{ subject: unknown; rows: Line[]; fault: unknown }>({ subject, rows: [], fault: null });
  const first = Math.max(0, firstRow(list.total, view, Math.min(list.total * ROW, TALLEST)) - MARGIN);
  const last = Math.min(list.total, first + Math.ceil(view.height / ROW) + 2 * MARGIN);
  useLayoutEffect(() => {
    let isWanted = true;
    list.rows(first, last).then(
      (rows) => isWanted && setFound({ subject, rows, fault: null }),
      (fault: unknown) => isWanted && !isDropped(fault) && setFound({ subject, rows: [], fault }),
    );
    return () => {
      isWanted = false;
    };
  }, [list, first, last]);
  return found.subject === subject ? found : { rows: [], fault: null };
}

/** A list that another one takes the place of is let go of. */
const isDropped = (fault: unknown): boolean => fault instanceof DOMException && fault.name === "AbortError";
