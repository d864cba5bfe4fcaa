// Whose records, from which files, by which clocks.
import type { JSX } from "preact";
import type { Overview } from "../case";
import { spoken } from "../text";
import { WORDS } from "../words";
import { Quiet } from "./common";
import { Plain } from "./plain";

export function SourcesView({ overview }: { overview: Overview }): JSX.Element {
  return (
    <div class="page">
      <section class="stack">
        <h2>{WORDS.hosts}</h2>
        <Plain
          label={WORDS.hosts}
          rows={overview.hosts}
          columns={[
            { title: WORDS.titles.host, value: (row) => row.host },
            { title: WORDS.titles.firstRecord, value: (row) => row.first, shown: (row) => spoken(row.first), kind: "tight" },
            { title: WORDS.titles.lastRecord, value: (row) => row.last, shown: (row) => spoken(row.last), kind: "tight" },
            { title: WORDS.titles.outbound, value: (row) => row.outbound, kind: "right" },
            { title: WORDS.titles.inbound, value: (row) => row.inbound, kind: "right" },
            { title: WORDS.titles.local, value: (row) => row.local, kind: "right" },
            { title: WORDS.titles.lookups, value: (row) => row.lookups, kind: "right" },
            { title: WORDS.titles.processes, value: (row) => row.processes, kind: "right" },
            { title: WORDS.titles.records, value: (row) => row.records, kind: "right" },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{WORDS.kinds}</h2>
        <Plain
          label={WORDS.kinds}
          rows={overview.sources}
          columns={[
            { title: WORDS.pageTitles.source, value: (row) => row.source, kind: "source" },
            { title: WORDS.titles.records, value: (row) => row.records, kind: "right" },
            { title: WORDS.hosts, value: (row) => row.hosts, kind: "right" },
            { title: WORDS.pageTitles.first, value: (row) => row.first, shown: (row) => spoken(row.first), kind: "tight" },
            { title: WORDS.pageTitles.last, value: (row) => row.last, shown: (row) => spoken(row.last), kind: "tight" },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{WORDS.evidence}</h2>
        <Plain
          label={WORDS.evidence}
          rows={overview.files}
          columns={[
            { title: WORDS.titles.file, value: (row) => row.file, kind: "wrap" },
            { title: WORDS.titles.kind, value: (row) => row.kind },
            { title: WORDS.titles.bytes, value: (row) => row.size, kind: "right" },
            { title: WORDS.titles.seen, value: (row) => row.seen, kind: "right" },
            { title: WORDS.titles.used, value: (row) => row.used, kind: "right" },
            { title: WORDS.titles.ignored, value: (row) => row.ignored, kind: "right" },
            { title: WORDS.titles.skipped, value: (row) => row.skipped, kind: "right" },
            { title: WORDS.titles.sha256, value: (row) => row.sha256, kind: "hash" },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{WORDS.skipped}</h2>
        {overview.skipped.length === 0 ? (
          <Quiet>{WORDS.skippedNone}</Quiet>
        ) : (
          <Plain
            label={WORDS.skipped}
            rows={overview.skipped}
            columns={[
              { title: WORDS.titles.file, value: (row) => row.file, kind: "wrap" },
              { title: WORDS.titles.line, value: (row) => row.line, kind: "right" },
              { title: WORDS.titles.record, value: (row) => row.record, kind: "right" },
              { title: WORDS.titles.why, value: (row) => row.reason },
            ]}
          />
        )}
      </section>
    </div>
  );
}

export function ClocksView({ overview }: { overview: Overview }): JSX.Element {
  if (!overview.clocks.length) return <Quiet>{WORDS.clocksNone}</Quiet>;
  return (
    <div class="page">
      <p class="lead">{WORDS.clocksLead}</p>
      <Plain
        label={WORDS.clocks}
        rows={overview.clocks}
        columns={[
          { title: WORDS.titles.host, value: (row) => row.host },
          { title: WORDS.titles.kind, value: (row) => row.kind },
          { title: WORDS.titles.appliesTo, value: (row) => row.source },
          { title: WORDS.titles.file, value: (row) => row.file, kind: "wrap" },
          { title: WORDS.pageTitles.offset, value: (row) => row.offset_seconds, shown: (row) => (row.offset_seconds === null ? WORDS.unknown : signed(row.offset_seconds)), kind: "right" },
          { title: WORDS.pageTitles.spread, value: (row) => row.spread_seconds, shown: (row) => row.spread_seconds?.toFixed(3), kind: "right" },
          { title: WORDS.titles.measuredOn, value: (row) => row.support, kind: "right" },
          { title: WORDS.pageTitles.applied, value: (row) => (row.applied ? WORDS.yes : WORDS.no) },
          { title: WORDS.titles.why, value: (row) => row.reason },
        ]}
      />
    </div>
  );
}

const signed = (seconds: number): string => `${seconds > 0 ? "+" : ""}${seconds.toFixed(3)}`;
