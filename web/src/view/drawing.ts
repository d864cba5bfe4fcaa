// Nodes and links drawn by Cytoscape in columns from left to right, laid out by dagre.
import cytoscape, { type Core, type EdgeSingular, type ElementDefinition, type NodeSingular, type Position, type StylesheetJson } from "cytoscape";
import dagre from "cytoscape-dagre";
import type { Drawing, Kind } from "../graph";

cytoscape.use(dagre);
const MARGIN = 16;
const SHORTEST = 180;
/** Smaller than this no label reads; then a part is shown and the drawing is dragged. */
const SMALLEST = 0.7;

export type Pins = Map<string, Position>;

export function draw(element: HTMLElement, drawing: Drawing, pins: Pins, tallest: number): Core {
  const graph = cytoscape({ container: element, elements: elements(drawing, measure(element)), style: look(element), userZoomingEnabled: false, minZoom: 0.1, maxZoom: 2.5 });
  const layout = { name: "dagre", rankDir: "LR", nodeSep: 8, edgeSep: 4, rankSep: 90, fit: false, minLen: (edge: EdgeSingular) => edge.data("ranks") as number };
  graph.elements("[!shared]").layout(layout as cytoscape.LayoutOptions).run();
  upright(graph, drawing);
  graph.nodes().forEach((node) => pinned(node, pins));
  fit(graph, element, tallest);
  return graph;
}

/** What was met first, the most telling, on top: dagre may put it at the bottom. */
function upright(graph: Core, { links }: Drawing): void {
  const [first] = links.keys();
  const { y1, y2 } = graph.nodes('[kind != "root"]').boundingBox();
  if (first === undefined || graph.getElementById(first).target().position("y") <= (y1 + y2) / 2) return;
  graph.nodes().positions((node) => ({ x: node.position("x"), y: y1 + y2 - node.position("y") }));
}

export function pinned(node: NodeSingular, pins: Pins): void {
  const at = pins.get(node.id());
  if (at) node.position(at);
  node.toggleClass("pinned", at !== undefined);
}

/** As wide as there is room for, and as tall as it then needs to stay readable; in a narrow place the processes come first. */
export function fit(graph: Core, element: HTMLElement, tallest: number): void {
  const box = graph.nodes('[kind != "root"]').boundingBox();
  const across = Math.min(1, (element.clientWidth - 2 * MARGIN) / box.w);
  const down = (tallest - 2 * MARGIN) / box.h;
  const zoom = Math.max(SMALLEST, down > SMALLEST ? Math.min(across, down) : across);
  element.style.height = `${Math.min(tallest, Math.max(SHORTEST, box.h * zoom + 2 * MARGIN))}px`;
  graph.resize();
  const left = Math.max(MARGIN, (element.clientWidth - box.w * zoom) / 2);
  const from = across < SMALLEST ? graph.nodes('[kind = "process"]').boundingBox().x1 : box.x1;
  graph.viewport({ zoom, pan: { x: left - from * zoom, y: MARGIN - box.y1 * zoom } });
}

/** All of it at once, however small. */
export function whole(graph: Core): void {
  graph.fit(graph.nodes('[kind != "root"]'), MARGIN);
}

export function zoom(graph: Core, factor: number): void {
  graph.zoom({ level: graph.zoom() * factor, renderedPosition: { x: graph.width() / 2, y: graph.height() / 2 } });
}

/** Set one node off, with all that leads to it and from it; the others step back. */
export function choose(graph: Core, id: string | null): void {
  graph.elements().removeClass("chosen kin dim");
  const node = id === null ? null : graph.getElementById(id);
  if (!node?.length) return;
  const kin = node.union(node.predecessors('[kind != "root"]')).union(node.successors());
  kin.addClass("kin");
  graph.elements().difference(kin).addClass("dim");
  node.addClass("chosen");
}

/** The node next to one in a direction; without one, the first. */
export function beside(graph: Core, id: string | null, key: string): NodeSingular | null {
  const nodes = graph.nodes('[kind != "root"]');
  const from = id === null ? null : graph.getElementById(id);
  if (!from?.length) return nodes.length ? nodes.min((node) => (node as NodeSingular).position("x") + (node as NodeSingular).position("y") / 1e4).ele as NodeSingular : null;
  const [dx, dy] = key === "ArrowRight" ? [1, 0] : key === "ArrowLeft" ? [-1, 0] : key === "ArrowDown" ? [0, 1] : [0, -1];
  const start = from.position() as Position;
  const distance = (node: NodeSingular): number => {
    const [x, y] = [node.position("x") - start.x, node.position("y") - start.y];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    return ahead <= 1 || (dy !== 0 && aside > 60) ? Infinity : ahead + 2 * aside * (dx !== 0 ? 0.5 : 1);
  };
  const linked = dx > 0 ? from.outgoers("node") : dx < 0 ? from.incomers('node[kind != "root"]') : nodes;
  const found = linked.min((node) => distance(node as NodeSingular));
  return found.value === Infinity || found.ele === undefined ? null : (found.ele as NodeSingular);
}

/**
 * One hidden root, so that each kind of node stands in columns of its own. The first link to a node lays it out, next to
 * where it was first met; those that come later are drawn only, so that five hundred nodes stay in order.
 */
function elements({ nodes, links }: Drawing, wide: (label: string) => number): ElementDefinition[] {
  const hung = [...nodes.values()].map(({ id, column }) => ({ data: { id: `root ${id}`, kind: "root", source: "root", target: id, ranks: column + 1, width: 1, marks: 0, sure: 1 } }));
  const met = new Set<string>();
  const shared = new Map([...links.values()].map(({ id, target }) => [id, met.has(target) || !met.add(target)]));
  const column = (id: string) => nodes.get(id)?.column ?? 0;
  return [
    { data: { id: "root", kind: "root", label: "", width: 1 } },
    ...[...nodes.values()].map((node) => ({ data: { ...node, width: 18 + wide(node.label) } })),
    ...hung.filter(({ data }) => !met.has(data.target)),
    ...[...links.values()].map((link) => ({ data: { ...link, shared: shared.get(link.id), ranks: Math.max(1, column(link.target) - column(link.source)), width: 1 + Math.min(3, Math.log2(link.stories) / 2) } })),
  ];
}

/** How wide a label is, as wide as it is where it is bold. */
function measure(element: HTMLElement): (label: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  if (context) context.font = `bold 12px ${getComputedStyle(element).fontFamily}`;
  return (label) => context?.measureText(label).width ?? 8 * label.length;
}

export function look(element: HTMLElement): StylesheetJson {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const kinds: Kind[] = ["parent", "process", "name", "address"];
  return [
    {
      selector: "node",
      style: {
        label: "data(label)", "font-family": style.fontFamily, "font-size": 12, color: color("--ink"), shape: "round-rectangle", width: "data(width)", height: 22,
        "text-valign": "center", "text-halign": "center", "border-width": 1, "background-color": color("--sheet"), "border-color": color("--line"),
      },
    },
    ...kinds.map((kind) => ({ selector: `node[kind = "${kind}"]`, style: { "background-color": color(`--node-${kind}`), "border-color": color(`--edge-${kind}`) } })),
    { selector: 'node[kind = "ancestor"]', style: { "background-color": color("--node-parent"), "border-color": color("--line"), color: color("--soft") } },
    { selector: 'node[kind = "process"]', style: { "font-weight": "bold" as const } },
    { selector: 'node[kind = "more"]', style: { "background-color": color("--paper"), "border-style": "dashed" as const, color: color("--soft") } },
    { selector: "edge", style: { width: "data(width)", "line-color": color("--line"), "target-arrow-color": color("--line"), "target-arrow-shape": "triangle", "arrow-scale": 0.7, "curve-style": "bezier" } },
    { selector: "edge[sure < 0.8]", style: { "line-style": "dashed" } },
    { selector: "edge[marks > 0]", style: { "line-color": color("--accent"), "target-arrow-color": color("--accent") } },
    { selector: 'node[kind = "root"], edge[kind = "root"]', style: { visibility: "hidden" as const } },
    { selector: "edge[?shared]", style: { opacity: 0.4 } },
    { selector: ".kin", style: { opacity: 1 } },
    { selector: ".dim", style: { opacity: 0.18 } },
    { selector: ".pinned", style: { "border-style": "double" as const, "border-width": 4 } },
    { selector: ".chosen", style: { "border-color": color("--accent"), "border-width": 3 } },
  ];
}
