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
            { title: "Host", value: (row) => row.host },
            { title: "First record", value: (row) => row.first, shown: (row) => spoken(row.first), kind: "tight" },
            { title: "Last record", value: (row) => row.last, shown: (row) => spoken(row.last), kind: "tight" },
            { title: "Outbound", value: (row) => row.outbound, kind: "right" },
            { title: "Inbound", value: (row) => row.inbound, kind: "right" },
            { title: "Local", value: (row) => row.local, kind: "right" },
            { title: "Look-ups", value: (row) => row.lookups, kind: "right" },
            { title: "Processes", value: (row) => row.processes, kind: "right" },
            { title: "Records", value: (row) => row.records, kind: "right" },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{WORDS.kinds}</h2>
        <Plain
          label={WORDS.kinds}
          rows={overview.sources}
          columns={[
            { title: "Source", value: (row) => row.source, kind: "source" },
            { title: "Records", value: (row) => row.records, kind: "right" },
            { title: "Hosts", value: (row) => row.hosts, kind: "right" },
            { title: "First", value: (row) => row.first, shown: (row) => spoken(row.first), kind: "tight" },
            { title: "Last", value: (row) => row.last, shown: (row) => spoken(row.last), kind: "tight" },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{WORDS.evidence}</h2>
        <Plain
          label={WORDS.evidence}
          rows={overview.files}
          columns={[
            { title: "File", value: (row) => row.file, kind: "wrap" },
            { title: "Kind", value: (row) => row.kind },
            { title: "Bytes", value: (row) => row.size, kind: "right" },
            { title: "Seen", value: (row) => row.seen, kind: "right" },
            { title: "Used", value: (row) => row.used, kind: "right" },
            { title: "Ignored", value: (row) => row.ignored, kind: "right" },
            { title: "Skipped", value: (row) => row.skipped, kind: "right" },
            { title: "SHA-256", value: (row) => row.sha256, kind: "hash" },
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
              { title: "File", value: (row) => row.file, kind: "wrap" },
              { title: "Line", value: (row) => row.line, kind: "right" },
              { title: "Record", value: (row) => row.record, kind: "right" },
              { title: "Why", value: (row) => row.reason },
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
          { title: "Host", value: (row) => row.host },
          { title: "Kind", value: (row) => row.kind },
          { title: "Applies to", value: (row) => row.source },
          { title: "File", value: (row) => row.file, kind: "wrap" },
          { title: "Offset, s", value: (row) => row.offset_seconds, shown: (row) => (row.offset_seconds === null ? WORDS.unknown : signed(row.offset_seconds)), kind: "right" },
          { title: "Spread, s", value: (row) => row.spread_seconds, shown: (row) => row.spread_seconds?.toFixed(3), kind: "right" },
          { title: "Measured on", value: (row) => row.support, kind: "right" },
          { title: "Applied", value: (row) => (row.applied ? "yes" : "no") },
          { title: "Why", value: (row) => row.reason },
        ]}
      />
    </div>
  );
}

const signed = (seconds: number): string => `${seconds > 0 ? "+" : ""}${seconds.toFixed(3)}`;
