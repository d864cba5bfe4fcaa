// Facets: what the stories at hand have in common, each value with its count; a click keeps or drops it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { joined, type Word } from "../line";
import { GROUPINGS, type Answer, type Group, type Grouping } from "../source";
import { count, visible } from "../text";
import { GROUPING, WORDS } from "../words";
import { Choice, Said, useResult } from "./common";

const FEW = 8;
const MANY = 200;
const FILTER: Record<Grouping, Word | null> = {
  process: "process", destination: "contains", name: "name", user: "user", host: "host", parent: null, port: "port",
  protocol: "protocol", direction: "direction", action: "action", source: "source",
};

export function Facets(props: { answer: Answer; line: string; onLine: (line: string) => void; first: readonly Grouping[] }): JSX.Element {
  return (
    <aside class="facets" aria-label={WORDS.groups}>
      {props.first.map((by) => (
        <Facet key={by} {...props} by={by} />
      ))}
    </aside>
  );
}

function Facet(props: { answer: Answer; by: Grouping; line: string; onLine: (line: string) => void }): JSX.Element {
  const [by, setBy] = useState(props.by);
  const [most, setMost] = useState(FEW);
  const { value: found } = useResult(() => props.answer.groups(by, most), [props.answer, by, most]);
  const top = found?.groups[0]?.stories ?? 1;
  return (
    <section class="facet">
      <Choice label={WORDS.groups} value={by} options={GROUPINGS} name={(option) => GROUPING[option]} onChange={setBy} />
      <ul aria-busy={!found}>
        {found?.groups.map((group) => (
          <Value key={group.value} group={group} top={top} by={by} line={props.line} onLine={props.onLine} />
        ))}
      </ul>
      {found && found.all > found.groups.length && (
        <button type="button" class="plain" onClick={() => setMost(most === FEW ? MANY : most * 5)}>
          {count(found.all - found.groups.length)} {WORDS.more}
        </button>
      )}
    </section>
  );
}

function Value(props: { group: Group; top: number; by: Grouping; line: string; onLine: (line: string) => void }): JSX.Element {
  const { group, by } = props;
  const word = FILTER[by];
  const change = (not: boolean) => word && group.value !== null && props.onLine(joined(props.line, word, group.value, not));
  const canFilter = word !== null && group.value !== null && group.value !== "unknown process";
  return (
    <li>
      <button type="button" class="value" disabled={!canFilter} title={WORDS.only} onClick={() => change(false)}>
        <Said text={group.value} />
        <span class="number">{count(group.stories)}</span>
        <progress value={group.stories} max={props.top} aria-hidden="true" />
      </button>
      {canFilter && (
        <button type="button" class="drop" aria-label={`${WORDS.without}: ${visible(group.value ?? "")}`} title={WORDS.without} onClick={() => change(true)}>
          ×
        </button>
      )}
    </li>
  );
}
