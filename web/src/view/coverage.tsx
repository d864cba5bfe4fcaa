// Which sources were awake: the intervals of each kind, on one axis of time.
import type { JSX } from "preact";
import type { Coverage } from "../case";
import { count, spoken } from "../text";
import { WORDS } from "../words";
import { Quiet, Said } from "./common";

const WIDTH = 1000;

export function CoverageView({ coverage }: { coverage: Coverage[] }): JSX.Element {
  if (!coverage.length) return <Quiet>{WORDS.nothing}</Quiet>;
  const firsts = coverage.map((row) => row.time_from).sort();
  const lasts = coverage.map((row) => row.time_to).sort();
  const [start, end] = [Date.parse(firsts[0] ?? ""), Date.parse(lasts.at(-1) ?? "")];
  const scale = (WIDTH - 4) / Math.max(end - start, 1);
  const told = (row: Coverage): string => `${spoken(row.time_from)} ${WORDS.to} ${spoken(row.time_to)}, ${WORDS.stateNames[row.state] ?? row.state}: ${row.reason}`;
  return (
    <div class="page">
      <p class="lead">{WORDS.coverageLead}</p>
      <div class="coverage">
        {[...Map.groupBy(coverage, (row) => row.host)].map(([host, rows]) => (
          <>
            <h3 key={host}>
              <Said text={host} />
            </h3>
            {[...Map.groupBy(rows, (row) => row.source)].map(([source, intervals]) => (
              <div key={source} class="lane">
                <span class="source">
                  <Said text={source} />
                </span>
                <svg viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" role="img" aria-label={intervals.map(told).join("; ")}>
                  {intervals.map((row) => (
                    <rect key={row.time_from} class={row.state} x={(Date.parse(row.time_from) - start) * scale} width={4 + (Date.parse(row.time_to) - Date.parse(row.time_from)) * scale} height="12" rx="2">
                      <title>{told(row)}</title>
                    </rect>
                  ))}
                </svg>
                <span class="number">{count(intervals.reduce((sum, row) => sum + row.records, 0))}</span>
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
