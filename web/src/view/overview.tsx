// The case at a glance: the stories worth reading first, in words, and what could not be seen.
import type { JSX } from "preact";
import type { First, Overview } from "../case";
import { base, count, pieces, spoken, visible } from "../text";
import { WORDS } from "../words";
import { Confidence, Said } from "./common";
import { Plain } from "./plain";

export function OverviewView(props: { overview: Overview; onOpen: (story: string) => void }): JSX.Element {
  const { overview } = props;
  const sum = (key: "outbound" | "processes" | "records") => overview.hosts.reduce((total, host) => total + host[key], 0);
  const outbound = sum("outbound");
  const numbers: [string, number][] = [
    [WORDS.outbound, outbound],
    [WORDS.others, overview.stories - outbound],
    [WORDS.nameLookups, overview.lookups],
    [WORDS.processes, sum("processes")],
    [WORDS.recordsUsed, sum("records")],
    [WORDS.recordsSkipped, overview.files.reduce((total, file) => total + file.skipped, 0)],
  ];
  return (
    <div class="page">
      <dl class="glance">
        {numbers.map(([label, number]) => (
          <div key={label}>
            <dd>{count(number)}</dd>
            <dt>{label}</dt>
          </div>
        ))}
      </dl>
      <section class="stack">
        <h2>{WORDS.readFirst}</h2>
        <ol class="first">
          {overview.first.map((story) => (
            <li key={story.story}>
              <button type="button" class="teller" onClick={() => props.onOpen(story.story)}>
                <span class="when">
                  <time>{spoken(story.time_from)}</time>
                  <Said text={story.host_short} />
                </span>
                <span>
                  <span class="sentence">
                    <Sentence story={story} />
                  </span>
                  <span class="tags quiet">
                    {story.marks > 0 && <span class="chip">{WORDS.marks[story.marks]}</span>}
                    {story.process && (
                      <span>
                        {WORDS.process} <Confidence value={story.process.confidence} />
                      </span>
                    )}
                    {story.names[0] && (
                      <span>
                        {WORDS.name} <Confidence value={story.names[0].confidence} />
                      </span>
                    )}
                    {story.alike > 1 && <span>{`${count(story.alike)} ${WORDS.alike}`}</span>}
                  </span>
                </span>
              </button>
            </li>
          ))}
          {overview.first.length === 0 && <li class="none quiet">{WORDS.nothing}</li>}
        </ol>
      </section>
      {overview.blind.length > 0 && (
        <section class="stack">
          <h2>{WORDS.blind}</h2>
          <Plain
            label={WORDS.blind}
            rows={overview.blind}
            columns={[
              { title: WORDS.question, value: (row) => row.question },
              { title: WORDS.couldAnswer, value: (row) => row.source, kind: "source" },
              { title: WORDS.whyNot, value: (row) => WORDS.states[row.state] ?? row.state },
              { title: WORDS.storiesTitle, value: (row) => row.stories, kind: "right" },
            ]}
          />
        </section>
      )}
    </div>
  );
}

/** The sentence, its process, name and address set off. */
function Sentence({ story }: { story: First }): JSX.Element {
  const words = [base(story.process?.image ?? null), story.names[0]?.name, story.remote_address];
  return <bdi>{pieces(story.sentence, words).map((piece, place) => (place % 2 ? <b key={place}>{visible(piece)}</b> : visible(piece)))}</bdi>;
}
