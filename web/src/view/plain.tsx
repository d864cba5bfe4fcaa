// Tables that are small enough to exist as a whole; every one sorts by its columns.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Said } from "./common";

export type Value = string | number | null;

export interface PlainColumn<T> {
  title: string;
  value: (row: T) => Value;
  shown?: (row: T) => ComponentChildren;
  kind?: "right" | "tight" | "hash" | "source" | "wrap";
}

export function Plain<T>(props: { columns: PlainColumn<T>[]; rows: T[]; label: string }): JSX.Element {
  const [order, setOrder] = useState<{ column: number; down: boolean } | null>(null);
  const rows = order ? sorted(props.rows, props.columns[order.column], order.down) : props.rows;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table class="plain">
        <thead>
          <tr>
            {props.columns.map((column, number) => (
              <th key={column.title} scope="col" class={column.kind} aria-sort={order?.column === number ? (order.down ? "descending" : "ascending") : "none"}>
                <button type="button" class="plain" onClick={() => setOrder({ column: number, down: order?.column === number && !order.down })}>
                  <Said text={column.title} />
                  {order?.column === number && <span aria-hidden="true">{order.down ? " ↓" : " ↑"}</span>}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              {props.columns.map((column) => (
                <td key={column.title} class={column.kind}>
                  {column.shown ? column.shown(row) : text(column.value(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function text(value: Value): ComponentChildren {
  if (value === null || value === "") return "";
  return typeof value === "number" ? value.toLocaleString("en-US") : <Said text={value} />;
}

function sorted<T>(rows: T[], column: PlainColumn<T> | undefined, down: boolean): T[] {
  if (!column) return rows;
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === right) return 0;
    if (left === null || right === null) return left === null ? 1 : -1;
    return sign * (typeof left === "number" && typeof right === "number" ? left - right : String(left) < String(right) ? -1 : 1);
  });
}
