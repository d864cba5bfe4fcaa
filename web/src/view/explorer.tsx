// The stories: query line, time, groups, table and the story that is open. One question drives all of them.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { joined, replaced } from "../line";
import { type Answer, type Grouping, type Order, type Question, type Source } from "../source";
import type { Story } from "../story";
import { count } from "../text";
import { COLUMN, GROUPING, WORDS } from "../words";
import { Choice, Failure, useResult } from "./common";
import { Facets } from "./groups";
import { Graph, type Kind } from "./graph";
import { QueryLine } from "./query";
import { StoryView } from "./story";
import { COLUMNS, SHOWN, Table, type Column } from "./table";
import { Timeline } from "./timeline";

const SERIES: readonly Grouping[] = ["process", "destination", "direction", "action", "host", "protocol"];
export const FACETS: readonly Grouping[] = ["process", "destination", "host"];

export interface ExplorerProps {
  source: Source;
  line: string;
  onLine: (line: string) => void;
  current: string | null;
  onOpen: (story: string | null) => void;
  aside?: (story: Story) => ComponentChildren;
  withGraph: number;
}

export function Explorer(props: ExplorerProps): JSX.Element {
  const [order, setOrder] = useState<Order>("relevance");
  const [descending, setDescending] = useState(false);
  const [columns, setColumns] = useState<readonly Column[]>(SHOWN);
  const [by, setBy] = useState<Grouping>("process");
  const question: Question = { line: props.line, order, descending };
  const { value: answer, error } = useResult(() => props.source.ask(question), [props.source, props.line, order, descending]);
  const { value: histogram } = useResult(async () => answer?.histogram(by), [answer, by]);

  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === "Escape" && props.onOpen(null);
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, []);
  const sortBy = (column: Column) => {
    setDescending(order === column ? !descending : false);
    setOrder(column);
  };
  const span = (from: number, to: number) => {
    const iso = (microseconds: number) => new Date(microseconds / 1000).toISOString();
    props.onLine(replaced(props.line, ["since", "until"], [
      { word: "since", value: iso(from), not: false },
      { word: "until", value: iso(to), not: false },
    ]));
  };
  const node = (kind: Kind, value: string) => {
    if (kind !== "parent") props.onLine(joined(props.line, kind, value));
  };
  return (
    <div class="explorer">
      <div class="bar">
        <QueryLine line={props.line} source={props.source} onLine={props.onLine} fault={error} />
        <p class="total" role="status">
          {answer ? <><b>{count(answer.total)}</b> {answer.total === 1 ? WORDS.story : WORDS.stories}</> : WORDS.loading}
        </p>
        <button type="button" disabled={!props.line} onClick={() => props.onLine("")}>
          {WORDS.clear}
        </button>
      </div>
      <section class="block">
        <header>
          <h3>{WORDS.timeline}</h3>
          <Choice label={WORDS.seriesBy} value={by} options={SERIES} name={(option) => GROUPING[option]} onChange={setBy} />
        </header>
        {histogram && <Timeline histogram={histogram} onSpan={span} onAll={() => props.onLine(replaced(props.line, ["since", "until"], []))} />}
      </section>
      {answer && (
        <div class={`desk${props.current ? " has-story" : ""}`}>
          <Facets answer={answer} line={props.line} onLine={props.onLine} first={FACETS} />
          <div class="sheet">
            <header>
              <button type="button" aria-pressed={order === "relevance"} onClick={() => (setOrder("relevance"), setDescending(false))}>
                {WORDS.bySoon}
              </button>
              <ColumnChoice columns={columns} onChange={setColumns} />
            </header>
            <Table answer={answer} columns={columns} order={order} descending={descending} current={props.current} onOrder={sortBy} onOpen={props.onOpen} />
            <p class="quiet keys">{WORDS.keys}</p>
          </div>
          {props.current && <Open source={props.source} story={props.current} onClose={() => props.onOpen(null)} aside={props.aside} />}
        </div>
      )}
      {answer && props.withGraph > 0 && <GraphBlock answer={answer} most={props.withGraph} onNode={node} />}
    </div>
  );
}

export function GraphBlock(props: { answer: Answer; most: number; onNode: (kind: Kind, value: string) => void }): JSX.Element {
  return (
    <section class="block" id="graph">
      <header>
        <h3>{WORDS.graph}</h3>
      </header>
      <Graph {...props} />
    </section>
  );
}

function Open(props: { source: Source; story: string; onClose: () => void; aside: ExplorerProps["aside"] }): JSX.Element {
  const { value: story, error } = useResult(() => props.source.story(props.story), [props.source, props.story]);
  return (
    <section class="open" aria-label={WORDS.story}>
      <button type="button" class="close" onClick={props.onClose} aria-label={WORDS.close}>
        ×
      </button>
      {error ? <Failure error={error} /> : story ? <StoryView story={story}>{props.aside?.(story)}</StoryView> : WORDS.loading}
    </section>
  );
}

function ColumnChoice(props: { columns: readonly Column[]; onChange: (columns: readonly Column[]) => void }): JSX.Element {
  const toggled = (column: Column) =>
    COLUMNS.filter((present) => (present === column ? !props.columns.includes(column) : props.columns.includes(present)));
  return (
    <details class="columns">
      <summary>{WORDS.columns}</summary>
      <ul>
        {COLUMNS.map((column) => (
          <li key={column}>
            <label>
              <input type="checkbox" checked={props.columns.includes(column)} onChange={() => props.onChange(toggled(column))} /> {COLUMN[column]}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
