// The workbench: a case on the server, its views, and what the examiner notes.
import type { JSX } from "preact";
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Notes, Overview } from "./case";
import { joined } from "./line";
import { Remote, get, post } from "./remote";
import { spoken } from "./text";
import { Behind } from "./view/behind";
import { Failure, Said, Waiting, useResult } from "./view/common";
import { CompareView } from "./view/compare";
import { CoverageView } from "./view/coverage";
import { EventsView } from "./view/events";
import { Explorer, GraphBlock } from "./view/explorer";
import { NotesView, StoryNotes, type Note } from "./view/notes";
import { OverviewView } from "./view/overview";
import { QueryLine } from "./view/query";
import { ClocksView, SourcesView } from "./view/sources";
import { TablesView } from "./view/tables";
import { WORDS } from "./words";

type Place = keyof typeof WORDS.places;
const PLACES = Object.keys(WORDS.places) as Place[];
const GRAPH = 500;
const POLL = 10_000;
const source = new Remote();

/** Where one is: the view, the filter and the open story, all in the address. */
interface Where {
  place: Place;
  line: string;
  story: string | null;
}

function here(): Where {
  const [place = "", words = ""] = location.hash.slice(1).split("?");
  const found = new URLSearchParams(words);
  return { place: PLACES.find((known) => known === place) ?? "overview", line: found.get("line") ?? "", story: found.get("story") };
}

function address({ place, line, story }: Where): string {
  const words = new URLSearchParams({ ...(line && { line }), ...(story && { story }) }).toString();
  return `#${place}${words && `?${words}`}`;
}

function Workbench({ overview }: { overview: Overview }): JSX.Element {
  const [where, setWhere] = useState(here);
  const [notes, setNotes] = useState<Notes>({ stories: {}, sentences: {}, views: {}, last: 0 });
  const [fault, setFault] = useState<unknown>(null);
  const help = useRef<HTMLDialogElement>(null);
  const go = (change: Partial<Where>) => {
    const next = { ...here(), ...change };
    if (address(next) !== address(here())) history.pushState(null, "", address(next));
    setWhere(next);
  };
  useEffect(() => {
    const moved = () => setWhere(here());
    const read = () => void get<Notes>("notes").then(setNotes, setFault);
    const timer = setInterval(read, POLL);
    const key = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === "?" && !isTyping) help.current?.showModal();
    };
    read();
    addEventListener("popstate", moved);
    addEventListener("hashchange", moved);
    addEventListener("keydown", key);
    return () => {
      clearInterval(timer);
      removeEventListener("popstate", moved);
      removeEventListener("hashchange", moved);
      removeEventListener("keydown", key);
    };
  }, []);
  const note = (content: Note) => void post<Notes>("note", content).then(setNotes, setFault);
  const open = (story: string) => go({ place: "stories", story });
  return (
    <>
      <Top overview={overview} where={where} onPlace={(place) => go({ place })} />
      <main class="workbench" data-place={where.place}>
        <h1 class="unseen">{WORDS.places[where.place]}</h1>
        {fault ? <Failure error={fault} /> : null}
        {where.place === "overview" && <OverviewView overview={overview} onOpen={open} />}
        {where.place === "stories" && (
          <>
            <Explorer
              source={source}
              line={where.line}
              onLine={(line) => go({ line })}
              current={where.story}
              onOpen={(story) => go({ story })}
              coverage={overview.coverage}
              withGraph={0}
              aside={(story) => (
                <>
                  <StoryNotes story={story.story} notes={notes} onNote={note} />
                  <Behind key={story.story} story={story.story} source={source} onOpen={open} />
                </>
              )}
            />
            {where.line && <SaveView line={where.line} onNote={note} />}
          </>
        )}
        {where.place === "graph" && <GraphView line={where.line} onLine={(line) => go({ line })} />}
        {where.place === "coverage" && <CoverageView coverage={overview.coverage} />}
        {where.place === "clocks" && <ClocksView overview={overview} />}
        {where.place === "sources" && <SourcesView overview={overview} />}
        {where.place === "tables" && <TablesView first="lookups" />}
        {where.place === "events" && <EventsView />}
        {where.place === "notes" && <NotesView notes={notes} onNote={note} onOpen={open} onView={(line) => go({ place: "stories", line, story: null })} />}
        {where.place === "compare" && <CompareView overview={overview} />}
      </main>
      <Help reference={help} overview={overview} />
    </>
  );
}

function Top(props: { overview: Overview; where: Where; onPlace: (place: Place) => void }): JSX.Element {
  const { hosts, name } = props.overview;
  const firsts = hosts.map((host) => host.first).sort();
  const lasts = hosts.map((host) => host.last).sort();
  return (
    <header class="top">
      <p class="brand">
        <b>Trackway</b> <Said text={name} />
        {hosts.length > 0 && (
          <span class="quiet">
            {" "}
            <time>{spoken(firsts[0] ?? null)}</time> {WORDS.to} <time>{spoken(lasts.at(-1) ?? null)}</time> UTC
          </span>
        )}
      </p>
      <nav aria-label="Views">
        {PLACES.map((place) => (
          <a
            key={place}
            href={`#${place}`}
            aria-current={props.where.place === place ? "page" : undefined}
            onClick={(event) => {
              event.preventDefault();
              props.onPlace(place);
            }}
          >
            {WORDS.places[place]}
          </a>
        ))}
      </nav>
    </header>
  );
}

function GraphView(props: { line: string; onLine: (line: string) => void }): JSX.Element {
  const { value: answer, error } = useResult(() => source.ask({ line: props.line, order: "relevance", descending: false }), [props.line]);
  return (
    <div class="explorer">
      <div class="bar">
        <QueryLine line={props.line} source={source} onLine={props.onLine} fault={error} />
        <button type="button" disabled={!props.line} onClick={() => props.onLine("")}>
          {WORDS.clear}
        </button>
      </div>
      {!answer && !error && <Waiting />}
      {answer && <GraphBlock source={source} answer={answer} most={GRAPH} onNode={(kind, value) => props.onLine(joined(props.line, kind, value))} />}
    </div>
  );
}

function SaveView(props: { line: string; onNote: (note: Note) => void }): JSX.Element {
  const [name, setName] = useState("");
  const keep = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return;
    props.onNote({ kind: "view", value: `${name.trim().replaceAll("=", " ")}=${props.line}` });
    setName("");
  };
  return (
    <form class="noting-row" onSubmit={keep}>
      <input type="text" value={name} aria-label={WORDS.viewName} placeholder={WORDS.viewName} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} />
      <button type="submit" disabled={!name.trim()}>
        {WORDS.saveView}
      </button>
    </form>
  );
}

function Help(props: { reference: { current: HTMLDialogElement | null }; overview: Overview }): JSX.Element {
  return (
    <dialog ref={props.reference} class="help" aria-label={WORDS.help}>
      <h2>{WORDS.help}</h2>
      <dl>
        {WORDS.keysList.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        Trackway {props.overview.version}, with {props.overview.licences.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join(", ")}.
      </p>
      <form method="dialog">
        <button type="submit">{WORDS.close}</button>
      </form>
    </dialog>
  );
}

const place = document.getElementById("workbench");
if (place) {
  get<Overview>("overview").then(
    (overview) => {
      document.title = `Trackway: ${overview.name}`;
      render(<Workbench overview={overview} />, place);
      place.dataset.state = "ready";
    },
    (error: unknown) => render(<Failure error={error} />, place),
  );
}
