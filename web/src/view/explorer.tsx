// The stories: query line, time, groups, table and the story that is open. One question drives all of them.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Coverage } from "../case";
import { joined, replaced } from "../line";
import { flat, folded } from "../list";
import { type Answer, type Grouping, type Order, type Question, type Source } from "../source";
import type { Story } from "../story";
import { count } from "../text";
import { COLUMN, GROUPING, WORDS } from "../words";
import { Choice, Failure, Waiting, useResult } from "./common";
import { Facets } from "./groups";
import { Graph, type Filtered, type GraphProps } from "./graph";
import { QueryLine } from "./query";
import { StoryView } from "./story";
import { COLUMNS, SHOWN, Table, type Column, type TableProps } from "./table";
import { Timeline } from "./timeline";

const GROUPED = ["none", "process", "destination", "name", "user", "host", "parent", "port", "action"] as const;
const SERIES: readonly Grouping[] = ["process", "destination", "direction", "action", "host", "protocol"];
/** As many hosts as an answer names. */
const MANY = 5000;
export const FACETS: readonly Grouping[] = ["process", "destination", "host"];

export interface ExplorerProps {
  source: Source;
  line: string;
  onLine: (line: string) => void;
  current: string | null;
  onOpen: (story: string | null) => void;
  aside?: (story: Story) => ComponentChildren;
  coverage: readonly Coverage[];
  withGraph: number;
}

export function Explorer(props: ExplorerProps): JSX.Element {
  const [order, setOrder] = useState<Order>("relevance");
  const [descending, setDescending] = useState(false);
  const [columns, setColumns] = useState<readonly Column[]>(SHOWN);
  const [by, setBy] = useState<Grouping>("process");
  const [grouping, setGrouping] = useState<(typeof GROUPED)[number]>("none");
  const question: Question = { line: props.line, order, descending };
  const { value: answer, error } = useResult(() => props.source.ask(question), [props.source, props.line, order, descending]);
  const { value: histogram } = useResult(async () => answer?.histogram(by), [answer, by]);
  const coverage = useAwake(props.coverage, answer);

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
  const node = (kind: Filtered, value: string) => props.onLine(joined(props.line, kind, value));
  return (
    <div class="explorer">
      <div class="bar">
        <QueryLine line={props.line} source={props.source} onLine={props.onLine} fault={error} />
        <p class="total" role="status" aria-busy={!answer && !error}>
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
        {!histogram && <div class="waiting" aria-busy="true" />}
        {histogram && <Timeline histogram={histogram} coverage={coverage} onSpan={span} onAll={() => props.onLine(replaced(props.line, ["since", "until"], []))} />}
      </section>
      {answer && (
        <div class={`desk${props.current ? " has-story" : ""}`}>
          <Facets answer={answer} line={props.line} onLine={props.onLine} first={FACETS} />
          <div class="sheet">
            <header>
              <span class="noting-row">
              <button type="button" aria-pressed={order === "relevance"} onClick={() => (setOrder("relevance"), setDescending(false))}>
                {WORDS.bySoon}
              </button>
              <Choice label={WORDS.groupBy} value={grouping} options={GROUPED} name={(option) => (option === "none" ? WORDS.ungrouped : GROUPING[option])} onChange={setGrouping} />
              </span>
              <ColumnChoice columns={columns} onChange={setColumns} />
            </header>
            <Listing answer={answer} by={grouping === "none" ? null : grouping} columns={columns} order={order} descending={descending} current={props.current} onOrder={sortBy} onOpen={props.onOpen} />
            <p class="quiet keys">{WORDS.keys}</p>
          </div>
          {props.current && <Open source={props.source} story={props.current} onClose={() => props.onOpen(null)} aside={props.aside} />}
        </div>
      )}
      {answer && props.withGraph > 0 && <GraphBlock source={props.source} answer={answer} most={props.withGraph} onNode={node} />}
    </div>
  );
}

/** The table, of stories or of groups of them. */
function Listing(props: { answer: Answer; by: Grouping | null } & Omit<TableProps, "list" | "subject" | "isGrouped" | "onFold">): JSX.Element {
  const { answer, by } = props;
  const [open, setOpen] = useState<ReadonlySet<string | null>>(new Set());
  useEffect(() => setOpen(new Set()), [by]);
  const { value: found } = useResult(async () => (by ? { ...(await answer.groups(by, MANY)), answer, by } : null), [answer, by]);
  const isNew = found && found.answer === answer && found.by === by ? found : null;
  const list = useMemo(() => (isNew ? folded(answer, isNew.by, isNew.groups, open) : flat(answer)), [answer, isNew, open]);
  const fold = (value: string | null) => {
    const next = new Set(open);
    if (!next.delete(value)) next.add(value);
    setOpen(next);
  };
  return (
    <>
      <Table {...props} list={list} subject={isNew ?? answer} isGrouped={isNew !== null} onFold={fold} />
      {isNew && isNew.all > isNew.groups.length && <p class="quiet keys">{`${WORDS.groupsCut} ${count(isNew.all)}.`}</p>}
    </>
  );
}

/** The coverage of the hosts that the answer is about. */
function useAwake(coverage: readonly Coverage[], answer: Answer | undefined): readonly Coverage[] {
  const isOne = useMemo(() => new Set(coverage.map((row) => row.host)).size < 2, [coverage]);
  const { value: hosts } = useResult(async () => (isOne ? undefined : answer?.groups("host", MANY)), [isOne, answer]);
  return useMemo(() => {
    const present = new Set(hosts?.groups.map((group) => group.value));
    return present.size ? coverage.filter((row) => present.has(row.host)) : coverage;
  }, [coverage, hosts]);
}

export function GraphBlock(props: GraphProps): JSX.Element {
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
  const { value: story, error } = useResult((signal) => props.source.story(props.story, signal), [props.source, props.story]);
  return (
    <section class="open" aria-label={WORDS.story}>
      <button type="button" class="close" onClick={props.onClose} aria-label={WORDS.close}>
        ×
      </button>
      {error ? <Failure error={error} /> : story ? <StoryView story={story}>{props.aside?.(story)}</StoryView> : <Waiting />}
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
