// One story: its sentence, the tree of what happened, other answers, what stays open, its records.
import type { ComponentChildren, JSX } from "preact";
import type { Blind, Citation, Name, Process, Script, Story } from "../story";
import { base, endpoint, spoken, visible, visibleLines } from "../text";
import { WORDS } from "../words";
import { Confidence, Quiet, Said } from "./common";

const CITATIONS = 6;
/** Ancestors told in full. */
const NEAR = 3;

export function StoryView({ story, children }: { story: Story; children?: ComponentChildren }): JSX.Element {
  return (
    <article class="story" aria-label={`story ${story.story}`}>
      <p class="story-when">
        <time>{spoken(story.time_from)}</time> UTC <Said text={story.host} />
      </p>
      <p class="sentence">
        <Said text={story.sentence} />
      </p>
      {children}
      <h3>{WORDS.chain}</h3>
      <ol class="tree">
        <Far ancestors={story.ancestors.slice(NEAR).reverse()} records={story.records} />
        {story.ancestors.slice(0, NEAR).reverse().map((ancestor) => (
          <ProcessNode key={ancestor.process} process={ancestor} records={story.records} />
        ))}
        {story.process ? (
          <ProcessNode process={story.process} records={story.records} kind="is-self" />
        ) : (
          <li class="is-self">
            <b>{WORDS.unknownProcess}</b>
          </li>
        )}
        {story.requester && (
          <ProcessNode process={story.requester} records={story.records} before={visible(`${WORDS.acting} (${story.requester.via ?? "service"}) `)} />
        )}
        {story.scripts.map((script) => (
          <ScriptNode key={script.script} script={script} records={story.records} />
        ))}
        {story.names.map((name) => (
          <NameNode key={name.lookup + name.name} name={name} story={story} />
        ))}
        <ConnectionNode story={story} />
      </ol>
      <h3>{WORDS.candidates}</h3>
      {story.process_candidates.length === 0 && <Quiet>{WORDS.candidatesNone}</Quiet>}
      <ol class="tree">
        {story.process_candidates.map((process) => (
          <ProcessNode key={process.process} process={process} records={story.records} />
        ))}
      </ol>
      <h3>{WORDS.notSeen}</h3>
      <NotSeen blind={story.not_seen} />
    </article>
  );
}

/** What came long before, on one line until it is asked for: every story begins with the same few programs. */
function Far({ ancestors, records }: { ancestors: Process[]; records: Story["records"] }): JSX.Element | null {
  if (!ancestors.length) return null;
  return (
    <li class="far">
      <details>
        <summary>
          {ancestors.map((ancestor, place) => (
            <>
              {place > 0 && " → "}
              <Said text={base(ancestor.image) ?? WORDS.unknownProcess} />
            </>
          ))}
        </summary>
        <ol class="tree">
          {ancestors.map((ancestor) => (
            <ProcessNode key={ancestor.process} process={ancestor} records={records} />
          ))}
        </ol>
      </details>
    </li>
  );
}

function ProcessNode(props: { process: Process; records: Story["records"]; before?: string; kind?: string }): JSX.Element {
  const { process } = props;
  return (
    <li class={props.kind}>
      <div class="node-head">
        <span>
          {props.before}
          <b>
            <Said text={base(process.image) ?? WORDS.unknownProcess} />
          </b>{" "}
          {process.pid !== null && <span class="pid">{process.pid}</span>}
        </span>
        <time>{process.started && spoken(process.started)}</time>
      </div>
      {(process.command_line ?? process.image) && (
        <code class="command">
          <Said text={process.command_line ?? process.image} />
        </code>
      )}
      {process.user && (
        <p class="fact">
          <Said text={process.user} />
        </p>
      )}
      <Foot link={process} records={props.records[process.process]} />
    </li>
  );
}

function ScriptNode({ script, records }: { script: Script; records: Story["records"] }): JSX.Element {
  return (
    <li>
      <div class="node-head">
        <span>
          {WORDS.ran} <b>{script.kind === "block" ? "a script block" : script.kind === "pipeline" ? "a pipeline" : "a script engine"}</b>{" "}
          {script.path && <Said text={script.path} />}
        </span>
        <time>{spoken(script.time_from)}</time>
      </div>
      <pre class="script" tabIndex={0}>
        <bdi>{visibleLines(script.text ?? "")}</bdi>
        {script.text_cut && <span class="quiet"> … {WORDS.cut}</span>}
      </pre>
      {script.missing_parts?.length ? (
        <p class="fact">
          {WORDS.parts}: {script.missing_parts.join(", ")}
        </p>
      ) : null}
      <Foot link={script} records={records[script.script]} />
    </li>
  );
}

function NameNode({ name, story }: { name: Name; story: Story }): JSX.Element {
  const lookup = story.lookups[name.lookup];
  const asker = lookup?.process ?? null;
  return (
    <li>
      <div class="node-head">
        <span>
          {WORDS.asked}{" "}
          <b>
            <Said text={name.name} />
          </b>
        </span>
        <time>{spoken(name.time_from)}</time>
      </div>
      {lookup && (
        <p class="fact">
          {WORDS.answer}: <Said text={[...lookup.cnames, lookup.addresses.join(", ") || lookup.status_text || "none on record"].join(" → ")} />
          {lookup.answered_from && lookup.answered_from !== "unknown" && <Said text={` (from ${lookup.answered_from})`} />}
        </p>
      )}
      {lookup && (!asker || asker.process !== story.process?.process) && (
        <p class="fact">{asker ? <>asked by <Said text={`${base(asker.image) ?? WORDS.unknownProcess} ${asker.pid ?? ""}`} /></> : WORDS.nobody}</p>
      )}
      <Foot link={name} records={lookup?.evidence} />
    </li>
  );
}

function ConnectionNode({ story }: { story: Story }): JSX.Element {
  const arrow = story.direction === "inbound" ? "←" : "→";
  return (
    <li class="is-connection">
      <div class="node-head">
        <span>
          <Said text={story.protocol} /> <Said text={endpoint(story.local_address, story.local_port)} kind="address" /> {arrow}{" "}
          <b>
            <Said text={endpoint(story.remote_address, story.remote_port)} kind="address" />
          </b>
        </span>
        <time>{spoken(story.time_from)}</time>
      </div>
      <p class="fact">
        <Said text={`${story.direction}, ${story.action}`} />
        {story.icmp_type !== null && `, type ${story.icmp_type} code ${story.icmp_code}`}
        {story.bytes_sent !== null && `, ${story.bytes_sent} bytes sent`}
        {story.bytes_received !== null && `, ${story.bytes_received} bytes received`}
      </p>
      {story.remote_name_hint && (
        <p class="fact">
          {WORDS.reverse} <Said text={story.remote_name_hint} />
        </p>
      )}
      <Foot link={story.process ?? { confidence: null, basis: null, reason: null }} records={story.evidence} />
    </li>
  );
}

/** How sure a link is, why, and the records that say so. */
function Foot(props: { link: Pick<Process, "confidence" | "basis" | "reason">; records: Citation[] | undefined }): JSX.Element {
  const { confidence, basis, reason } = props.link;
  const records = props.records ?? [];
  return (
    <>
      {confidence !== null && (
        <p class="why">
          <Confidence value={confidence} /> <Said text={[basis, reason].filter(Boolean).join(": ")} />
        </p>
      )}
      {records.length > 0 && (
        <ul class="records">
          {records.slice(0, CITATIONS).map((record, place) => (
            <li key={place} title={visible(record.file)}>
              <span class="source">
                <Said text={record.source} />
              </span>{" "}
              <Said text={placeOf(record)} />
            </li>
          ))}
          {records.length > CITATIONS && <li>and {records.length - CITATIONS} more records</li>}
        </ul>
      )}
    </>
  );
}

function placeOf({ file, line, record }: Citation): string {
  const member = file.split("!").at(-1) ?? file;
  if (line !== null) return `${member}:${line}`;
  return record === null ? member : `${member}#${record}`;
}

function NotSeen({ blind }: { blind: Blind[] }): JSX.Element {
  if (!blind.length) return <Quiet>{WORDS.notSeenNone}</Quiet>;
  const questions = Map.groupBy(blind, (row) => row.question);
  return (
    <dl class="not-seen">
      {[...questions].map(([question, rows]) => (
        <div key={question}>
          <dt>
            <Said text={question} />
          </dt>
          {rows.map((row, place) => (
            <dd key={place}>
              <span class="source">
                <Said text={row.source} />
              </span>{" "}
              <Said text={row.reason} />
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
