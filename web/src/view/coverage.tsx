// Which sources were awake: from the first to the last record of each kind, on one axis of time.
import type { JSX } from "preact";
import type { Coverage } from "../case";
import { count, spoken } from "../text";
import { WORDS } from "../words";
import { Quiet, Said } from "./common";

const WIDTH = 1000;

export function CoverageView({ coverage }: { coverage: Coverage[] }): JSX.Element {
  if (!coverage.length) return <Quiet>{WORDS.nothing}</Quiet>;
  const firsts = coverage.map((row) => row.first).sort();
  const lasts = coverage.map((row) => row.last).sort();
  const [start, end] = [Date.parse(firsts[0] ?? ""), Date.parse(lasts.at(-1) ?? "")];
  const scale = (WIDTH - 4) / Math.max(end - start, 1);
  return (
    <div class="page">
      <p class="lead">{WORDS.coverageLead}</p>
      <div class="coverage">
        {[...Map.groupBy(coverage, (row) => row.host)].map(([host, rows]) => (
          <>
            <h3 key={host}>
              <Said text={host} />
            </h3>
            {rows.map((row) => (
              <div key={row.source} class="lane">
                <span class="source">
                  <Said text={row.source} />
                </span>
                <svg viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" role="img" aria-label={`${spoken(row.first)} to ${spoken(row.last)}`}>
                  <title>{`${spoken(row.first)} to ${spoken(row.last)}`}</title>
                  <rect width={WIDTH} height="12" rx="2" />
                  <rect class="on" x={(Date.parse(row.first) - start) * scale} width={4 + (Date.parse(row.last) - Date.parse(row.first)) * scale} height="12" rx="2" />
                </svg>
                <span class="number">{count(row.records)}</span>
              </div>
            ))}
          </>
        ))}
        <div class="lane ends">
          <span />
          <span>
            <time>{spoken(firsts[0] ?? null)}</time>
            <time>{spoken(lasts.at(-1) ?? null)}</time>
          </span>
          <span class="number">{WORDS.recordsTitle}</span>
        </div>
      </div>
    </div>
  );
}
