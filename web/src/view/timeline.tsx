// Stories over time, stacked; dragging keeps a span.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Histogram } from "../source";
import { count, visible } from "../text";
import { WORDS } from "../words";

const HEIGHT = 150;

export function Timeline(props: { histogram: Histogram; onSpan: (from: number, to: number) => void; onAll: () => void }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const { histogram } = props;
  const calls = useRef(props);
  calls.current = props;
  useEffect(() => {
    const element = place.current;
    if (!element || !histogram.edges.length) return;
    const draw = () => chart(element, histogram, (from, to) => calls.current.onSpan(from, to), () => calls.current.onAll());
    let plot = draw();
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    scheme.addEventListener("change", redraw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", redraw);
      plot.destroy();
    };
  }, [histogram]);
  return (
    <figure class="timeline" aria-label={summary(histogram)}>
      <div ref={place} class="chart" />
      <figcaption>
        <ul class="legend">
          {histogram.series.map((series, number) => (
            <li key={series.label}>
              <i class={`swatch series-${number}`} />
              <bdi>{visible(series.label)}</bdi> <span class="number">{count(sum(series.counts))}</span>
            </li>
          ))}
        </ul>
        <span class="quiet">{WORDS.span}</span>
      </figcaption>
    </figure>
  );
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

function summary({ edges, series }: Histogram): string {
  const [first, last] = [edges[0], edges.at(-1)];
  if (first === undefined || last === undefined) return WORDS.empty;
  const time = (microseconds: number) => new Date(microseconds / 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${WORDS.timeline}: ${time(first)} to ${time(last)} UTC, ${series.map(({ label, counts }) => `${visible(label)} ${sum(counts)}`).join(", ")}`;
}

function chart(element: HTMLElement, histogram: Histogram, onSpan: (from: number, to: number) => void, onAll: () => void): uPlot {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const seconds = histogram.edges.map((edge) => edge / 1e6);
  const width = histogram.width / 1e6;
  const axis = { stroke: color("--soft"), grid: { stroke: color("--hair"), width: 1 }, ticks: { show: false }, font: `11px ${style.fontFamily}` };
  const bars = uPlot.paths.bars?.({ size: [1, 100], align: 1, gap: 1 });
  const stacked = stack(histogram);
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      tzDate: (timestamp) => uPlot.tzDate(new Date(timestamp * 1e3), "Etc/UTC"),
      legend: { show: false },
      padding: [8, 28, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => () => (onAll(), null) } },
      scales: { x: { range: () => [(seconds[0] ?? 0) - width * 0.1, (seconds.at(-1) ?? 1) + width * 1.1] }, y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.05] } },
      axes: [
        { ...axis, space: 90, values: clock(width) },
        { ...axis, size: 44, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5], values: (_, splits) => splits.map(count) },
      ],
      series: [
        {},
        ...stacked.map((_, place) => {
          const number = stacked.length - 1 - place;
          return { fill: color(`--series-${number}`), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) };
        }),
      ],
      hooks: {
        setSelect: [
          (plot) => {
            if (plot.select.width < 3) return;
            const at = (pixel: number) => plot.posToVal(pixel, "x") * 1e6;
            onSpan(at(plot.select.left), at(plot.select.left + plot.select.width));
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    [seconds, ...stacked],
    element,
  );
}

/** The tallest series first, so that the shorter ones are drawn over it. */
function stack({ series, edges }: Histogram): number[][] {
  const total = Array<number>(edges.length).fill(0);
  return series.map(({ counts }) => counts.map((number, bin) => (total[bin] = (total[bin] ?? 0) + number))).reverse();
}

/** Labels of the time axis: the day where it begins or first appears, else the time of day. */
function clock(width: number): (plot: uPlot, splits: number[]) => string[] {
  return (_, splits) => {
    let day = "";
    const isFine = width < 60 && (splits.at(-1) ?? 0) - (splits[0] ?? 0) < 7200;
    return splits.map((split) => {
      const iso = new Date(split * 1e3).toISOString();
      const label = iso.slice(0, 10) === day ? "" : `${iso.slice(0, 10)}\n`;
      day = iso.slice(0, 10);
      return `${isFine ? iso.slice(11, 19) : iso.slice(11, 16)}${label && `\n${iso.slice(0, 10)}`}`;
    });
  };
}
