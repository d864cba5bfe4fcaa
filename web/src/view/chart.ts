// The drawing of stories and look-ups over time: stories up, look-ups down, stacked; spans in which nobody was awake behind.
import uPlot from "uplot";
import type { Lane } from "../bands";
import { REST, SERIES, type Histogram } from "../source";
import { count } from "../text";

export const HEIGHT = 170;
/** Width left and right of the plot: names of the lanes below it, and half a label of time. */
export const LEFT = 88;
export const RIGHT = 28;
/** Size of the labels, of that of the page. */
const SMALL = 0.73;
/** States that are drawn through the chart: then no bar means nothing. */
const THROUGH = new Set(["asleep", "cleared", "lost"]);

export interface Chart {
  element: HTMLElement;
  histogram: Histogram;
  lanes: readonly Lane[];
  onSpan: (from: number, to: number) => void;
  onAll: () => void;
  onPoint: (bin: number | null) => void;
}

/** Where a bin begins on an axis that is one unit wide; a tenth of a bin is left free at both ends. */
export const placed = (bin: number, bins: number): number => (bin + 0.1) / (bins + 0.2);

const binAt = (place: number, bins: number): number => Math.max(0, Math.min(bins - 1, Math.floor(place * (bins + 0.2) - 0.1)));

/** Mark bins `first` to `last` as dragging would. */
export function mark(plot: uPlot, first: number, last: number, bins: number): void {
  const width = plot.over.clientWidth;
  const left = placed(first, bins) * width;
  plot.setSelect({ left, top: 0, width: placed(last + 1, bins) * width - left, height: plot.over.clientHeight }, false);
}

export function drawn({ element, histogram, lanes, onSpan, onAll, onPoint }: Chart): uPlot {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const { edges } = histogram;
  const seconds = edges.map((edge) => edge / 1e6);
  const width = histogram.width / 1e6;
  const axis = { stroke: color("--soft"), grid: { stroke: color("--hair"), width: 1 }, ticks: { show: false }, font: `${Math.round(SMALL * parseFloat(getComputedStyle(document.documentElement).fontSize))}px ${style.fontFamily}` };
  const bars = uPlot.paths.bars?.({ size: [1, 100], align: 1, gap: 1 });
  const up = stacked(histogram.series.map(({ counts }) => counts), edges.length);
  const down = stacked(histogram.series.map(({ asked }) => asked.map((number) => -number)), edges.length);
  const paint = histogram.series.map(({ label }, number) => color(`--series-${label === REST ? SERIES : number}`)).reverse();
  const painted = () =>
    paint.map((fill) => ({ fill, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }));
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      tzDate: (timestamp) => uPlot.tzDate(new Date(timestamp * 1e3), "Etc/UTC"),
      legend: { show: false },
      padding: [8, RIGHT, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => () => (onAll(), null) } },
      scales: {
        x: { range: () => [(seconds[0] ?? 0) - width * 0.1, (seconds.at(-1) ?? 1) + width * 1.1] },
        y: { range: (_, least, most) => [Math.min(least, 0) * 1.05, Math.max(most, 1) * 1.05] },
      },
      axes: [
        { ...axis, size: 40, space: (_plot, _axis, _least, _most, across) => Math.max(64, Math.min(90, across / 4)), values: clock(width) },
        { ...axis, size: LEFT, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5], values: (_, splits) => splits.map((split) => count(Math.abs(split))) },
      ],
      series: [{}, ...painted(), ...painted()],
      hooks: {
        drawClear: [(plot) => behind(plot, histogram, lanes, color)],
        draw: [(plot) => zero(plot, color("--line"))],
        setCursor: [({ cursor: { left } }) => onPoint(left === undefined || left < 0 ? null : binAt(left / (element.clientWidth - LEFT - RIGHT), edges.length))],
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
    [seconds, ...up, ...down],
    element,
  );
}

/** The tallest series first, so that the shorter ones are drawn over it. */
function stacked(series: number[][], bins: number): (number | null)[][] {
  const total = Array<number>(bins).fill(0);
  return series.map((counts) => counts.map((number, bin) => (total[bin] = (total[bin] ?? 0) + number) || null)).reverse();
}

function behind(plot: uPlot, { edges }: Histogram, lanes: readonly Lane[], color: (name: string) => string): void {
  const { left, top, width, height } = plot.bbox;
  for (const { state, bands } of lanes) {
    if (!THROUGH.has(state)) continue;
    plot.ctx.fillStyle = color(state === "asleep" ? "--asleep" : "--warm-wash");
    for (const { first, last } of bands) {
      const from = placed(first, edges.length);
      plot.ctx.fillRect(left + from * width, top, (placed(last + 1, edges.length) - from) * width, height);
    }
  }
}

/** The line between stories and look-ups. */
function zero(plot: uPlot, color: string): void {
  const y = Math.round(plot.valToPos(0, "y", true)) + 0.5;
  plot.ctx.strokeStyle = color;
  plot.ctx.beginPath();
  plot.ctx.moveTo(plot.bbox.left, y);
  plot.ctx.lineTo(plot.bbox.left + plot.bbox.width, y);
  plot.ctx.stroke();
}

/** Labels of the time axis: the day where it begins or first appears, else the time of day. */
function clock(width: number): (plot: uPlot, splits: number[]) => string[] {
  return (_, splits) => {
    let day = "";
    const isFine = width < 60 && (splits.at(-1) ?? 0) - (splits[0] ?? 0) < 7200;
    return splits.map((split) => {
      const iso = new Date(split * 1e3).toISOString();
      const isNew = iso.slice(0, 10) !== day;
      day = iso.slice(0, 10);
      return `${isFine ? iso.slice(11, 19) : iso.slice(11, 16)}${isNew ? `\n${day}` : ""}`;
    });
  };
}
