// One story: its sentence, the tree of what happened, other answers, what stays open, its records.
import type { ComponentChildren, JSX } from "preact";
import type { Blind, Process, Story } from "../story";
import { base, spoken, visible } from "../text";
import { WORDS } from "../words";
import { Quiet, Said } from "./common";
import { ActNode, ConnectionNode, NameNode, ProcessNode, ScriptNode, TrafficNode } from "./nodes";

/** Ancestors told in full. */
const NEAR = 3;

export function StoryView({ story, children }: { story: Story; children?: ComponentChildren }): JSX.Element {
  return (
    <article class="story" aria-label={`${WORDS.story} ${story.story}`}>
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
          <ProcessNode key={ancestor.process} process={ancestor} records={story.records} why={WORDS.whyParent} />
        ))}
        {story.process ? (
          <ProcessNode process={story.process} records={story.records} why={WORDS.whyProcess} kind="is-self" />
        ) : (
          <li class="is-self">
            <b>{WORDS.unknownProcess}</b>
          </li>
        )}
        {story.requester && (
          <ProcessNode process={story.requester} records={story.records} why={WORDS.whyRequester} before={visible(`${WORDS.acting} (${story.requester.via ?? WORDS.service}) ${WORDS.actingFor} `)} />
        )}
        {story.scripts.map((script) => (
          <ScriptNode key={script.script} script={script} records={story.records} />
        ))}
        {story.names.slice(0, 1).map((name) => (
          <NameNode key={name.lookup + name.name} name={name} story={story} why={WORDS.whyName} />
        ))}
        <ConnectionNode story={story} />
        {story.acts.map((act) => (
          <ActNode key={act.kind + act.subject + act.time} act={act} />
        ))}
        {story.traffic.map((traffic, place) => (
          <TrafficNode key={place} traffic={traffic} />
        ))}
      </ol>
      <h3>{WORDS.candidates}</h3>
      {story.process_candidates.length === 0 && <Quiet>{WORDS.candidatesNone}</Quiet>}
      <ol class="tree">
        {story.process_candidates.map((process) => (
          <ProcessNode key={process.process} process={process} records={story.records} why={WORDS.speaksFor} />
        ))}
      </ol>
      {story.names.length > 0 && <OtherNames story={story} />}
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
            <ProcessNode key={ancestor.process} process={ancestor} records={records} why={WORDS.whyParent} />
          ))}
        </ol>
      </details>
    </li>
  );
}

/** Names that were told the same address; the tree holds the likeliest one. */
function OtherNames({ story }: { story: Story }): JSX.Element {
  return (
    <>
      <h3>{WORDS.otherNames}</h3>
      {story.names.length === 1 && <Quiet>{WORDS.otherNamesNone}</Quiet>}
      <ol class="tree">
        {story.names.slice(1).map((name) => (
          <NameNode key={name.lookup + name.name} name={name} story={story} why={WORDS.speaksFor} />
        ))}
      </ol>
    </>
  );
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
