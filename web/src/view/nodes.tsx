// The nodes of a story's tree: each says what it is, when, why it is there, and which records say so.
import type { JSX } from "preact";
import type { Act, Citation, Name, Process, Script, Story, Traffic } from "../story";
import { base, count, endpoint, spoken, visible, visibleLines } from "../text";
import { WORDS } from "../words";
import { Confidence, Said } from "./common";

const CITATIONS = 6;

export function ProcessNode(props: { process: Process; records: Story["records"]; why: string; before?: string; kind?: string }): JSX.Element {
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
      <Foot why={props.why} link={process} records={props.records[process.process]} />
    </li>
  );
}

export function ScriptNode({ script, records }: { script: Script; records: Story["records"] }): JSX.Element {
  return (
    <li>
      <div class="node-head">
        <span>
          {WORDS.ran} <b>{(WORDS.scripts as Record<string, string>)[script.kind ?? ""] ?? WORDS.scripts.other}</b>{" "}
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
      <Foot why={WORDS.whyScript} link={script} records={records[script.script]} />
    </li>
  );
}

export function NameNode({ name, story, why }: { name: Name; story: Story; why: string }): JSX.Element {
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
          {WORDS.answer}: <Said text={[...lookup.cnames, lookup.addresses.join(", ") || lookup.status_text || WORDS.noAnswer].join(" → ")} />
          {lookup.answered_from && lookup.answered_from !== "unknown" && <Said text={` (${WORDS.answeredFrom} ${lookup.answered_from})`} />}
        </p>
      )}
      {lookup && (!asker || asker.process !== story.process?.process) && (
        <p class="fact">{asker ? <>{WORDS.askedBy} <Said text={`${base(asker.image) ?? WORDS.unknownProcess} ${asker.pid ?? ""}`} /></> : WORDS.nobody}</p>
      )}
      <Foot why={why} link={name} records={lookup?.evidence} />
    </li>
  );
}

/** A file that the process wrote, a library that it loaded. */
export function ActNode({ act }: { act: Act }): JSX.Element {
  return (
    <li>
      <div class="node-head">
        <span>
          {WORDS.done[act.kind] ?? act.kind} <Said text={act.subject} />
        </span>
        <time>{spoken(act.time)}</time>
      </div>
      <p class="fact">
        <Said text={act.reason} />
      </p>
      <Foot why={null} link={null} records={[act.evidence]} />
    </li>
  );
}

export function ConnectionNode({ story }: { story: Story }): JSX.Element {
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
        {story.icmp_type !== null && `, ${WORDS.icmpType} ${story.icmp_type} ${WORDS.icmpCode} ${story.icmp_code}`}
        {story.bytes_sent !== null && `, ${count(story.bytes_sent)} ${WORDS.bytesSent}`}
        {story.bytes_received !== null && `, ${count(story.bytes_received)} ${WORDS.bytesReceived}`}
      </p>
      {story.remote_name_hint && (
        <p class="fact">
          {WORDS.reverse} <Said text={story.remote_name_hint} />
        </p>
      )}
      <Foot why={null} link={null} records={story.evidence} />
    </li>
  );
}

/** What the program counted in that hour: it stands beside the connection and is never said of it alone. */
export function TrafficNode({ traffic }: { traffic: Traffic }): JSX.Element {
  const { program, user, interface: over } = traffic;
  return (
    <li>
      <div class="node-head">
        <span>
          <Said text={program} /> {WORDS.counted} {count(traffic.bytes_sent ?? 0)} {WORDS.bytesSent}, {count(traffic.bytes_received ?? 0)}{" "}
          {WORDS.bytesReceived}
        </span>
        <time>{spoken(traffic.time_to)}</time>
      </div>
      <p class="fact">
        {WORDS.together} {spoken(traffic.time_from)}
        <Said text={[over, user].map((each) => (each ? `, ${each}` : "")).join("")} />
      </p>
      <Foot why={null} link={null} records={traffic.evidence} />
    </li>
  );
}

/** Why a link is there and how sure it is, and the records that say so. */
function Foot(props: { why: string | null; link: Pick<Process, "confidence" | "basis" | "reason"> | null; records: Citation[] | undefined }): JSX.Element {
  const { why, link } = props;
  const records = props.records ?? [];
  return (
    <>
      {why && link && link.confidence !== null && (
        <p class="why">
          <b>{why}</b> <Confidence value={link.confidence} /> <Said text={[link.basis, link.reason].filter(Boolean).join(": ")} />
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
          {records.length > CITATIONS && <li>{`${WORDS.and} ${records.length - CITATIONS} ${WORDS.moreRecords}`}</li>}
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
