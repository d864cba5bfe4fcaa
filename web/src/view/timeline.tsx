// Stories and look-ups over time, and below them who was not awake; dragging or the keyboard keeps a span.
import type { JSX, TargetedEvent } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { lanes, outside, told, type Band, type Lane } from "../bands";
import type { Coverage } from "../case";
import { REST, SERIES, type Histogram } from "../source";
import { count, counted, moment, visible } from "../text";
import { WORDS } from "../words";
import { drawn, HEIGHT, LEFT, mark, placed, RIGHT } from "./chart";

export interface TimelineProps {
  histogram: Histogram;
  coverage: readonly Coverage[];
  onSpan: (from: number, to: number) => void;
  onAll: () => void;
}

export function Timeline(props: TimelineProps): JSX.Element {
  const { histogram, coverage } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [reading, setReading] = useState("");
  const awake = useMemo(() => lanes(coverage, histogram), [coverage, histogram]);
  const calls = useRef(props);
  calls.current = props;
  const point = (bin: number | null) => setReading(bin === null ? "" : said(histogram, bin));
  const keep = (first: number, last: number) => calls.current.onSpan(histogram.edges[first] ?? 0, (histogram.edges[last] ?? 0) + histogram.width - 1);
  useEffect(() => {
    const element = place.current;
    if (!element || !histogram.edges.length) return;
    const measure = () => {
      element.parentElement?.style.setProperty("--left", `${(LEFT / element.clientWidth) * 100}%`);
      element.parentElement?.style.setProperty("--right", `${(RIGHT / element.clientWidth) * 100}%`);
    };
    const draw = () => (plot.current = drawn({ element, histogram, lanes: awake, onSpan: (from, to) => calls.current.onSpan(from, to), onAll: () => calls.current.onAll(), onPoint: point }));
    const redraw = () => {
      plot.current?.destroy();
      draw();
    };
    draw();
    const resized = new ResizeObserver(() => {
      measure();  // what is printed is as wide as the paper: the strips below go by shares
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", redraw);
      plot.current?.destroy();
    };
  }, [histogram, awake]);
  const onKey = useKeys(histogram, plot, setReading, keep, props.onAll);
  const beyond = outside(coverage, awake);
  if (!histogram.edges.length) return <p class="quiet">{WORDS.empty}</p>;
  return (
    <figure class="timeline">
      <div ref={place} class="chart" tabIndex={0} role="group" aria-label={summary(histogram)} aria-describedby="span-hint" onKeyDown={onKey} onFocus={() => setReading(WORDS.spanKeys)} onBlur={() => setReading("")} />
      <div class="lanes" role="group" aria-label={WORDS.notAwake}>
        {awake.map((lane) => (
          <Strip key={lane.state} lane={lane} histogram={histogram} onRead={setReading} onKeep={keep} />
        ))}
      </div>
      <p class="reading" role="status">
        <bdi>{visible(reading) || <span class="quiet">{WORDS.point}</span>}</bdi>
      </p>
      <figcaption>
        <ul class="legend">
          {histogram.series.map((series, number) => (
            <li key={series.label}>
              <i class={`swatch series-${series.label === REST ? SERIES : number}`} />
              <bdi>{visible(series.label)}</bdi> <span class="number">{count(sum(series.counts))}</span>
            </li>
          ))}
        </ul>
        <p class="quiet" id="span-hint">
          {below(histogram)} {beyond.length > 0 && `${WORDS.outside}: ${beyond.map((state) => WORDS.stateNames[state] ?? state).join(", ")}. `}
          {WORDS.span}
        </p>
      </figcaption>
    </figure>
  );
}

/** One state over time. The arrows walk its spans, Enter keeps one. */
function Strip(props: { lane: Lane; histogram: Histogram; onRead: (text: string) => void; onKeep: (first: number, last: number) => void }): JSX.Element {
  const { lane, histogram, onRead } = props;
  const bins = histogram.edges.length;
  const onKey = (event: TargetedEvent<HTMLButtonElement, KeyboardEvent>) => {
    const { nextElementSibling, previousElementSibling } = event.currentTarget;
    const next = event.key === "ArrowRight" ? nextElementSibling : event.key === "ArrowLeft" ? previousElementSibling : null;
    if (!(next instanceof HTMLElement)) return;
    next.focus();
    event.preventDefault();
  };
  const band = (each: Band, number: number) => {
    const left = placed(each.first, bins);
    const words = told(each, histogram);
    return (
      <button
        key={each.first}
        type="button"
        class={`band ${lane.state}`}
        data-share={Math.ceil(each.share * 4)}
        tabIndex={number ? -1 : 0}
        aria-label={visible(words)}
        style={{ left: `${left * 100}%`, width: `${(placed(each.last + 1, bins) - left) * 100}%` }}
        onPointerEnter={() => onRead(words)}
        onFocus={() => onRead(words)}
        onPointerLeave={() => onRead("")}
        onKeyDown={onKey}
        onClick={() => props.onKeep(each.first, each.last)}
      />
    );
  };
  return (
    <div class="lane">
      <span title={WORDS.states[lane.state]}>{WORDS.stateNames[lane.state] ?? lane.state}</span>
      <div class="track">{lane.bands.map(band)}</div>
    </div>
  );
}

/** Arrows move over the bins, with Shift they widen the span, Enter keeps it, Escape lets it go, Backspace keeps all. */
function useKeys(histogram: Histogram, plot: { current: uPlot | null }, read: (text: string) => void, keep: (first: number, last: number) => void, all: () => void): (event: KeyboardEvent) => void {
  const at = useRef<{ bin: number; anchor: number } | null>(null);
  const bins = histogram.edges.length;
  useEffect(() => void (at.current = null), [histogram]);
  const show = (bin: number, anchor: number) => {
    at.current = { bin, anchor };
    if (plot.current) mark(plot.current, Math.min(bin, anchor), Math.max(bin, anchor), bins);
    read(bin === anchor ? said(histogram, bin) : spanned(histogram, Math.min(bin, anchor), Math.max(bin, anchor)));
  };
  const leave = () => {
    at.current = null;
    plot.current?.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    read("");
  };
  return (event) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    const { bin, anchor } = at.current ?? { bin: step !== undefined && step > 0 ? -1 : bins, anchor: -1 };
    if (step !== undefined) {
      const next = Math.max(0, Math.min(bins - 1, bin + step));
      show(next, event.shiftKey && at.current ? anchor : next);
    } else if (event.key === "Enter" && at.current) keep(Math.min(bin, anchor), Math.max(bin, anchor));
    else if (event.key === "Escape" && at.current) (leave(), event.stopPropagation());
    else if (event.key === "Backspace") all();
    else return;
    event.preventDefault();
  };
}

function below({ asked, unplaced }: Histogram): string {
  if (asked === null) return WORDS.notAsked;
  const others = unplaced ? `; ${count(unplaced)} ${WORDS.more}, ${WORDS.unplaced}` : "";
  return `${WORDS.below}: ${counted(asked - (unplaced ?? 0), WORDS.lookup, WORDS.lookups)}${others}.`;
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** One bin in words: `02:40:00 to 02:40:30 UTC: 19 stories (svchost.exe 10, browser.exe 9), 4 look-ups`. */
function said(histogram: Histogram, bin: number): string {
  return spanned(histogram, bin, bin);
}

function spanned({ edges, width, series, asked }: Histogram, first: number, last: number): string {
  const within = (counts: number[]) => sum(counts.slice(first, last + 1));
  const rows = series.map(({ label, counts, asked: below }) => ({ label, stories: within(counts), lookups: within(below) }));
  const stories = rows.filter((row) => row.stories).sort((a, b) => b.stories - a.stories);
  const named = stories.map((row) => `${row.label} ${count(row.stories)}`).join(", ");
  const total = counted(sum(stories.map((row) => row.stories)), WORDS.story, WORDS.stories);
  const lookups = asked === null ? "" : `, ${counted(sum(rows.map((row) => row.lookups)), WORDS.lookup, WORDS.lookups)}`;
  return `${moment(edges[first] ?? 0)} ${WORDS.to} ${moment((edges[last] ?? 0) + width).slice(11)} UTC: ${total}${named && ` (${named})`}${lookups}`;
}

function summary(histogram: Histogram): string {
  return `${WORDS.timeline}: ${visible(spanned(histogram, 0, histogram.edges.length - 1))}`;
}
