// Who talked to whom: what started a process, the process, the name it asked for, the address. Left to right.
import type { Core } from "cytoscape";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { drawing, parentOf, type Drawing, type Kind, type Node } from "../graph";
import type { Answer, Edge, Source } from "../source";
import { base, count, counted, visible } from "../text";
import { WORDS } from "../words";
import { Quiet, Said, Waiting, useResult } from "./common";
import { beside, choose, draw, fit, look, pinned, whole, zoom, type Pins } from "./drawing";

/** Ancestors drawn at first above the parents of what is most telling, and added by each asking. */
const ABOVE = 2;
/** Parents whose ancestors are drawn without being asked for. */
const TELLING = 4;
/** The table and the chart come first: laying a graph out takes longer than they do, and below them nobody looks yet. */
const SOON = 300;
const AT_REST = 1200;

export type Filtered = "process" | "name" | "address";
const isFilter = (kind: Kind): kind is Filtered => kind === "process" || kind === "name" || kind === "address";

export interface GraphProps {
  source: Source;
  answer: Answer;
  most: number;
  onNode: (kind: Filtered, value: string) => void;
}

export function Graph(props: GraphProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const { value: found } = useResult((signal) => settled(place.current, signal).then(() => props.answer.edges(props.most)), [props.answer, props.most]);
  return (
    <div ref={place}>
      {!found && <Waiting />}
      {found && !found.edges.length && <Quiet>{WORDS.empty}</Quiet>}
      {found && found.edges.length > 0 && <Canvas {...props} edges={found.edges} />}
      {found && found.edges.length < found.all && <Quiet>{`${WORDS.graphCut} (${count(found.edges.length)} ${WORDS.of} ${count(found.all)})`}</Quiet>}
    </div>
  );
}

/** Soon where the place is in sight or comes into it, else when nothing new was asked for a while. */
function settled(place: Element | null, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const begin = () => (seen.disconnect(), signal.aborted || done());
    const seen = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setTimeout(begin, SOON), { rootMargin: "50%" });
    if (place) seen.observe(place);
    setTimeout(begin, AT_REST);
  });
}

function Canvas(props: GraphProps & { edges: Edge[] }): JSX.Element {
  const { edges, source } = props;
  const place = useRef<HTMLDivElement>(null);
  const graph = useRef<Core | null>(null);
  const pins = useRef<Pins>(new Map());
  const [unfolded, setUnfolded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [everything, setEverything] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [found, rise] = useAbove(edges, source);
  const above = found ?? NONE;
  const drawn = useMemo(() => drawing(edges, { unfolded, everything, above }), [edges, unfolded, everything, above]);
  const node = chosen === null ? undefined : drawn.nodes.get(chosen);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const tallest = Math.max(420, innerHeight * 0.8);
    const core = draw(element, drawn, pins.current, tallest);
    graph.current = core;
    choose(core, chosen);
    core.on("onetap", "node", (event) => setChosen((event.target as { id: () => string }).id()));
    core.on("tap", (event) => event.target === core && setChosen(null));
    core.on("dbltap", "node", (event) => fold(drawn.nodes.get((event.target as { id: () => string }).id())));
    core.on("dragfree", "node", (event) => {
      pins.current.set(event.target.id() as string, { ...event.target.position() });
      pinned(event.target, pins.current);
    });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => core.style(look(element));
    const resized = new ResizeObserver(() => fit(core, element, tallest));
    resized.observe(element.parentElement ?? element);
    scheme.addEventListener("change", redraw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", redraw);
      core.destroy();
    };
  }, [drawn]);
  useEffect(() => void (graph.current && choose(graph.current, chosen)), [chosen]);
  const fold = (which: Node | undefined) => {
    if (!which || which.folds === null) return;
    setUnfolded(new Map(unfolded).set(which.folds, which.isFolded));
    setChosen(which.folds);
  };
  const pin = (id: string) => {
    const at = graph.current?.getElementById(id);
    if (!at?.length) return;
    if (!pins.current.delete(id)) pins.current.set(id, { ...at.position() });
    pinned(at, pins.current);
  };
  const keep = (which: Node) => isFilter(which.kind) && props.onNode(which.kind, which.value);
  const onKey = (event: KeyboardEvent) => {
    const core = graph.current;
    if (!core || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) go(core, beside(core, chosen, event.key)?.id() ?? chosen, setChosen);
    else if (event.key === "Enter" && node) keep(node);
    else if (event.key === " " && node) fold(node);
    else if (event.key === "p" && node) pin(node.id);
    else if (event.key === "Escape" && node) (setChosen(null), event.stopPropagation());
    else if (event.key === "+" || event.key === "-") zoom(core, event.key === "+" ? 1.3 : 1 / 1.3);
    else return;
    event.preventDefault();
  };
  return (
    <figure class="graph" aria-busy={!found}>
      <div ref={place} class="drawing" tabIndex={0} role="group" aria-label={`${WORDS.graph}: ${edges.map(inWords).join("; ")}`} onKeyDown={onKey} />
      <figcaption class="quiet">
        <div class="chosen-node" role="status">
          {node ? <Chosen node={node} drawn={drawn} onKeep={() => keep(node)} onFold={() => fold(node)} onPin={() => pin(node.id)} onRise={node.kind === "parent" ? () => rise(node.id) : null} /> : <span>{WORDS.graphHint}</span>}
        </div>
        <span class="zoom">
          <button type="button" aria-pressed={everything} onClick={() => (setUnfolded(new Map()), setEverything(!everything))}>
            {WORDS.unfoldAll}
          </button>
          <button type="button" onClick={() => graph.current && whole(graph.current)}>
            {WORDS.fitAll}
          </button>
          <button type="button" onClick={() => graph.current && zoom(graph.current, 1 / 1.3)} aria-label={WORDS.smaller}>
            −
          </button>
          <button type="button" onClick={() => graph.current && zoom(graph.current, 1.3)} aria-label={WORDS.larger}>
            +
          </button>
        </span>
      </figcaption>
    </figure>
  );
}

/** Bring a node into sight and choose it. */
function go(core: Core, id: string | null, set: (id: string | null) => void): void {
  set(id);
  const node = id === null ? null : core.getElementById(id);
  if (!node?.length) return;
  const { x1, x2, y1, y2 } = node.renderedBoundingBox({});
  if (x1 < 0 || y1 < 0 || x2 > core.width() || y2 > core.height()) core.center(node);
}

/** The node chosen, and what can be done with it. */
function Chosen(props: { node: Node; drawn: Drawing; onKeep: () => void; onFold: () => void; onPin: () => void; onRise: (() => void) | null }): JSX.Element {
  const { node } = props;
  return (
    <>
      <span>
        <b>
          <Said text={node.value} />
        </b>{" "}
        {WORDS.nodes[node.kind]}, {counted(node.stories, WORDS.story, WORDS.stories)}
      </span>
      {isFilter(node.kind) && (
        <button type="button" onClick={props.onKeep}>
          {WORDS.keepStories}
        </button>
      )}
      {node.folds !== null && (
        <button type="button" aria-expanded={!node.isFolded} onClick={props.onFold}>
          {node.isFolded ? WORDS.unfold : WORDS.fold}
        </button>
      )}
      {props.onRise && (
        <button type="button" onClick={props.onRise}>
          {WORDS.startedIt}
        </button>
      )}
      <button type="button" onClick={props.onPin}>
        {WORDS.pin}
      </button>
    </>
  );
}

/** Names of the ancestors of parents: of the most telling ones at first, and of those asked for. */
function useAbove(edges: readonly Edge[], source: Source): [ReadonlyMap<string, readonly string[]> | undefined, (parent: string) => void] {
  const [levels, setLevels] = useState<ReadonlyMap<string, number>>(new Map());
  const first = useMemo(() => new Map(edges.filter((edge) => edge.marks > 0 && edge.parent).map((edge) => [parentOf(edge) ?? "", ABOVE] as const).slice(0, TELLING)), [edges]);
  const wanted = useMemo(() => new Map([...first, ...levels]), [first, levels]);
  const { value } = useResult(async () => {
    const found = [...wanted].map(async ([parent, many]) => {
      const edge = edges.find((each) => parentOf(each) === parent);
      const names = edge ? (await source.story(edge.story)).ancestors.slice(1, 1 + many).map((each) => base(each.image) ?? WORDS.unknownProcess) : [];
      return [parent, names] as const;
    });
    return new Map(await Promise.all(found));
  }, [edges, wanted]);
  const rise = (parent: string) => setLevels(new Map(levels).set(parent, (wanted.get(parent) ?? 0) + ABOVE));
  return [value, rise];
}

const NONE: ReadonlyMap<string, readonly string[]> = new Map();
const inWords = ({ process, name, remote, stories }: Edge): string => visible(`${process} ${WORDS.to} ${name ? `${name}, ` : ""}${remote} (${stories})`);
