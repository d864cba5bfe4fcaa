// Who talked to whom: what started a process, the process, the name it asked for, the address. Left to right.
import cytoscape, { type Core, type EdgeSingular, type ElementDefinition, type StylesheetJson } from "cytoscape";
import dagre from "cytoscape-dagre";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Edge } from "../source";
import { visible } from "../text";
import { WORDS } from "../words";
import { Quiet, useResult } from "./common";

cytoscape.use(dagre);
const LONGEST = 34;
const MARGIN = 16;
const SHORTEST = 180;
const TALLEST = 1400;
/** Links of one process that are drawn before the others are folded into one node. */
const FEW = 6;
/** The table and the chart come first; laying a graph out takes longer than they do. */
const settled = (): Promise<void> => new Promise((done) => void setTimeout(done, 300));

export type Kind = "parent" | "process" | "name" | "address";
type Drawn = Kind | "more" | "root";

export function Graph(props: { answer: Answer; most: number; onNode: (kind: Kind, value: string) => void }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const { value: found } = useResult(() => settled().then(() => props.answer.edges(props.most)), [props.answer, props.most]);
  const calls = useRef(props);
  const drawn = useRef<Core | null>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  calls.current = props;
  const zoom = (factor: number) => {
    const graph = drawn.current;
    graph?.zoom({ level: graph.zoom() * factor, renderedPosition: { x: graph.width() / 2, y: graph.height() / 2 } });
  };
  useEffect(() => {
    const element = place.current;
    if (!element || !found?.edges.length) return;
    const graph = draw(element, folded(found.edges, unfolded));
    drawn.current = graph;
    graph.on("onetap", "node", (event) => {
      const { kind, value } = event.target.data() as { kind: Drawn; value: string };
      if (kind === "more") setUnfolded(toggled(unfolded, value));
      else if (kind !== "root") calls.current.onNode(kind, value);
    });
    graph.on("dbltap", 'node[kind = "process"]', (event) => setUnfolded(toggled(unfolded, event.target.data("owner") as string)));
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => graph.style(look(element));
    scheme.addEventListener("change", redraw);
    return () => {
      scheme.removeEventListener("change", redraw);
      graph.destroy();
    };
  }, [found, unfolded]);
  return (
    <figure class="graph">
      <div ref={place} class="drawing" role="img" aria-label={found ? found.edges.map(inWords).join("; ") : WORDS.loading} />
      <figcaption class="quiet">
        <span>{WORDS.graphHint}</span>
        <span class="zoom">
          <button type="button" onClick={() => zoom(1 / 1.3)} aria-label={WORDS.smaller}>
            −
          </button>{" "}
          <button type="button" onClick={() => zoom(1.3)} aria-label={WORDS.larger}>
            +
          </button>
        </span>
      </figcaption>
      {found && found.edges.length < found.all && <Quiet>{WORDS.graphCut} ({found.edges.length} {WORDS.of} {found.all})</Quiet>}
      {found && !found.edges.length && <Quiet>{WORDS.empty}</Quiet>}
    </figure>
  );
}

const inWords = ({ process, name, remote, stories }: Edge): string => visible(`${process} to ${name ? `${name}, ` : ""}${remote} (${stories})`);

function draw(element: HTMLElement, edges: Folded[]): Core {
  const graph = cytoscape({ container: element, elements: elements(edges), style: look(element), userZoomingEnabled: false, minZoom: 0.1, maxZoom: 2.5, autoungrabify: false });
  const layout = { name: "dagre", rankDir: "LR", nodeSep: 8, edgeSep: 4, rankSep: 120, fit: false, minLen: (edge: EdgeSingular) => edge.data("ranks") as number };
  graph.layout(layout as cytoscape.LayoutOptions).run();
  fit(graph, element);
  return graph;
}

/** As wide as there is room for, and as tall as it then needs to stay readable. */
function fit(graph: Core, element: HTMLElement): void {
  const box = graph.nodes('[kind != "root"]').boundingBox();
  const zoom = Math.min(1, (element.clientWidth - 2 * MARGIN) / box.w);
  element.style.height = `${Math.min(TALLEST, Math.max(SHORTEST, box.h * zoom + 2 * MARGIN))}px`;
  graph.resize();
  graph.viewport({ zoom, pan: { x: (element.clientWidth - box.w * zoom) / 2 - box.x1 * zoom, y: MARGIN - box.y1 * zoom } });
}

/** An edge of the drawing; `more` edges stand for as many that are folded. */
type Folded = Edge & { more?: number };

const owner = ({ host, process }: Edge): string => JSON.stringify([host, process]);

function toggled(unfolded: ReadonlySet<string>, process: string): ReadonlySet<string> {
  const next = new Set(unfolded);
  if (!next.delete(process)) next.add(process);
  return next;
}

/** The first few links of each process, and one that stands for the others, unless it is unfolded. */
function folded(edges: Edge[], unfolded: ReadonlySet<string>): Folded[] {
  return [...Map.groupBy(edges, owner)].flatMap(([process, own]) => {
    const rest = own.slice(FEW);
    const [first] = rest;
    if (unfolded.has(process) || rest.length < 2 || !first) return own;
    return [...own.slice(0, FEW), { ...first, name: null, stories: rest.reduce((total, { stories }) => total + stories, 0), more: rest.length }];
  });
}

function elements(edges: Folded[]): ElementDefinition[] {
  const nodes = new Map<string, ElementDefinition>();
  const links = new Map<string, ElementDefinition>();
  const node = (kind: Drawn, host: string, value: string, text = value): string => {
    const id = JSON.stringify([kind, kind === "parent" || kind === "process" ? host : "", value]);
    const label = shortened(visible(text));
    nodes.set(id, { data: { id, kind, value, label, owner: JSON.stringify([host, value]), width: 14 + label.length * (kind === "process" ? 7.6 : 7) } });
    return id;
  };
  const link = (from: string, to: string, edge: Edge, ranks = 1) => {
    const id = JSON.stringify([from, to]);
    const stories = edge.stories + ((links.get(id)?.data.stories as number | undefined) ?? 0);
    links.set(id, { data: { id, source: from, target: to, stories, width: 1 + Math.min(3, Math.log2(stories) / 2), marks: edge.marks, sure: edge.confidence ?? 0, ranks } });
  };
  // one hidden root, so that parents, processes, names and addresses each stand in a column of their own
  const hang = (id: string, ranks: number) => {
    nodes.set("root", { data: { id: "root", kind: "root", label: "", width: 1 } });
    links.set(`root ${id}`, { data: { id: `root ${id}`, source: "root", target: id, ranks, width: 1, marks: 0, sure: 1, root: true } });
  };
  for (const edge of edges) {
    const process = node("process", edge.host, edge.process);
    const remote = edge.more ? node("more", "", owner(edge), `${edge.more} ${WORDS.more}`) : node("address", "", edge.remote);
    if (edge.parent) link(node("parent", edge.host, edge.parent), process, edge);
    hang(edge.parent ? node("parent", edge.host, edge.parent) : process, edge.parent ? 1 : 2);
    const name = edge.name ? node("name", "", edge.name) : null;
    if (name) link(process, name, edge);
    link(name ?? process, remote, edge, name ? 1 : 2);
  }
  return [...nodes.values(), ...links.values()];
}

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 12)}…${text.slice(-11)}` : text);

function look(element: HTMLElement): StylesheetJson {
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
    { selector: 'node[kind = "process"]', style: { "font-weight": "bold" as const } },
    { selector: 'node[kind = "more"]', style: { "background-color": color("--paper"), "border-style": "dashed" as const, color: color("--soft") } },
    { selector: "edge", style: { width: "data(width)", "line-color": color("--line"), "target-arrow-color": color("--line"), "target-arrow-shape": "triangle", "arrow-scale": 0.7, "curve-style": "bezier" } },
    { selector: 'node[kind = "root"], edge[?root]', style: { visibility: "hidden" as const } },
    { selector: "edge[sure < 0.8]", style: { "line-style": "dashed" } },
    { selector: "edge[marks > 0]", style: { "line-color": color("--accent"), "target-arrow-color": color("--accent") } },
  ];
}
