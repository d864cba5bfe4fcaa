// Who talked to whom as nodes and links, of which as many are folded as it takes to stay legible.
import type { Edge } from "./source";
import { count, visible } from "./text";
import { WORDS } from "./words";

export type Kind = "ancestor" | "parent" | "process" | "name" | "address" | "more";

export interface Node {
  id: string;
  kind: Kind;
  /** What the case calls it. */
  value: string;
  label: string;
  /** The node whose links it folds or stands for; null where there is nothing to fold. */
  folds: string | null;
  isFolded: boolean;
  stories: number;
  /** Columns between the left edge and it. */
  column: number;
}

export interface Link {
  id: string;
  source: string;
  target: string;
  stories: number;
  marks: number;
  sure: number;
}

export interface Drawing {
  nodes: Map<string, Node>;
  links: Map<string, Link>;
}

/** What the reader chose: nodes that are to be unfolded or folded whatever the room; what started some parents. */
export interface Choices {
  unfolded: ReadonlyMap<string, boolean>;
  everything: boolean;
  /** By the identifier of a parent: names of its ancestors, the nearest first. */
  above: ReadonlyMap<string, readonly string[]>;
}

/** Nodes that one screen shows legibly. */
const LEGIBLE = 70;
/** Links of a process, and processes of a parent, that are drawn before the others fold; tried until all is legible. */
const FOLDINGS: readonly (readonly [number, number])[] = [[6, 12], [3, 12], [2, 6], [1, 4], [1, 2], [0, 2], [0, 1]];
const LONGEST = 34;

export const identifier = (kind: Kind, ...parts: string[]): string => JSON.stringify([kind, ...parts]);
export const parentOf = ({ host, parent }: Edge): string | null => (parent === null ? null : identifier("parent", host, parent));
const processOf = ({ host, process }: Edge): string => identifier("process", host, process);

/** The drawing with the fewest folds that is legible; if none is, the one with the most folds. */
export function drawing(edges: readonly Edge[], choices: Choices): Drawing {
  if (choices.everything) return drawnWith(edges, choices, [Infinity, Infinity]);
  let best: Drawing | undefined;
  for (const folding of FOLDINGS) {
    best = drawnWith(edges, choices, folding);
    if (best.nodes.size <= LEGIBLE) break;
  }
  return best ?? { nodes: new Map(), links: new Map() };
}

function drawnWith(edges: readonly Edge[], choices: Choices, [links, processes]: readonly [number, number]): Drawing {
  const depth = Math.max(0, ...[...choices.above.values()].map((names) => names.length));
  const drawn = new Draft(depth, new Set(edges.map((edge) => edge.host)).size > 1);
  const shown = new Set<string>();
  for (const [parent, own] of Map.groupBy(edges, parentOf)) {
    const groups = [...Map.groupBy(own, processOf)];
    const few = parent === null ? groups.length : kept(choices.unfolded.get(parent), groups.length, processes);
    groups.slice(0, few).forEach(([process]) => shown.add(process));
    const hidden = groups.slice(few).filter(([process]) => !shown.has(process));
    for (const [, [edge]] of groups) if (edge && parent) drawn.parent(edge, groups.length > processes, hidden.length > 0);
    if (parent && hidden.length) drawn.rest(parent, hidden.flatMap(([, rest]) => rest), `${count(hidden.length)} ${WORDS.processes}`, depth + 1);
  }
  for (const [process, own] of Map.groupBy(edges, processOf)) {
    if (!shown.has(process)) continue;
    const few = kept(choices.unfolded.get(process), own.length, links);
    own.forEach((edge, place) => drawn.process(edge, own.length > links, few < own.length, place < few));
    if (few < own.length) drawn.rest(process, own.slice(few), `${count(own.length - few)} ${few ? WORDS.more : WORDS.destinations}`, depth + 3);
  }
  choices.above.forEach((names, parent) => drawn.above(parent, names));
  return drawn;
}

/** How many of some are drawn: one that would fold alone is drawn too. */
const kept = (isUnfolded: boolean | undefined, all: number, few: number): number => {
  if (isUnfolded ?? all <= few + 1) return all;
  return Math.min(few, all);
};

class Draft implements Drawing {
  readonly nodes = new Map<string, Node>();
  readonly links = new Map<string, Link>();
  readonly #depth: number;

  /** Whether programs of several hosts have to be told apart. */
  readonly #hosts: boolean;

  constructor(depth: number, hosts: boolean) {
    this.#depth = depth;
    this.#hosts = hosts;
  }

  parent(edge: Edge, canFold: boolean, isFolded: boolean): void {
    const id = parentOf(edge);
    if (id) this.#node(id, "parent", edge.parent ?? "", this.#depth, edge, canFold, isFolded);
  }

  process(edge: Edge, canFold: boolean, isFolded: boolean, withLinks: boolean): void {
    const id = processOf(edge);
    this.#node(id, "process", edge.process, this.#depth + 1, edge, canFold, isFolded, id, this.#hosts ? ` · ${edge.host.split(".")[0]}` : "");
    const parent = parentOf(edge);
    if (parent) this.#link(parent, id, edge);
    if (!withLinks) return;
    const address = identifier("address", edge.remote);
    const name = edge.name === null ? null : identifier("name", edge.name);
    if (name) this.#node(name, "name", edge.name ?? "", this.#depth + 2, edge);
    this.#node(address, "address", edge.remote, this.#depth + 3, edge);
    if (name) this.#link(id, name, edge);
    this.#link(name ?? id, address, edge);
  }

  /** One node for all that is folded away behind another. */
  rest(from: string, edges: readonly Edge[], label: string, column: number): void {
    const id = identifier("more", from);
    for (const edge of edges) {
      this.#node(id, "more", label, column, edge, true, true, from);
      this.#link(from, id, edge);
    }
  }

  above(parent: string, names: readonly string[]): void {
    const below = this.nodes.get(parent);
    const [edge] = below ? [{ stories: below.stories, marks: 0, confidence: 1 }] : [];
    if (!edge) return;
    let last = parent;
    names.forEach((name, place) => {
      const id = identifier("ancestor", parent, ...names.slice(0, place + 1));
      this.#node(id, "ancestor", name, this.#depth - 1 - place, edge);
      this.#link(id, last, edge);
      last = id;
    });
  }

  #node(id: string, kind: Kind, value: string, column: number, edge: { stories: number }, canFold = false, isFolded = false, folds = id, more = ""): void {
    const node = this.nodes.get(id) ?? { id, kind, value, label: shortened(visible(value)) + visible(more), folds: canFold ? folds : null, isFolded, stories: 0, column };
    node.stories += edge.stories;
    this.nodes.set(id, node);
  }

  #link(source: string, target: string, edge: { stories: number; marks: number; confidence: number | null }): void {
    const id = JSON.stringify([source, target]);
    const link = this.links.get(id) ?? { id, source, target, stories: 0, marks: 0, sure: 0 };
    link.stories += edge.stories;
    link.marks = Math.max(link.marks, edge.marks);
    link.sure = Math.max(link.sure, edge.confidence ?? 0);
    this.links.set(id, link);
  }
}

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 12)}…${text.slice(-11)}` : text);
