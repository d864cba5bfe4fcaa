// What the examiner notes: on one story, and all that stands.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { VERDICTS, type Noted, type Notes } from "../case";
import { spoken } from "../text";
import { WORDS } from "../words";
import { Choice, Quiet, Said } from "./common";

export interface Note {
  kind: "star" | "tag" | "comment" | "verdict" | "view" | "undo";
  story?: string;
  value?: string;
}

const BLANK: Noted = { star: false, verdict: "", tags: [], comments: [] };

export function StoryNotes(props: { story: string; notes: Notes; onNote: (note: Note) => void }): JSX.Element {
  const [text, setText] = useState("");
  const { story, onNote } = props;
  const noted = props.notes.stories[story] ?? BLANK;
  const keep = (event: Event) => {
    event.preventDefault();
    const value = text.trim();
    if (!value) return;
    onNote(value.startsWith("#") ? { kind: "tag", story, value: value.slice(1).trim() } : { kind: "comment", story, value });
    setText("");
  };
  return (
    <section class="noting" aria-label={WORDS.notes}>
      <div class="noting-row">
        <button type="button" aria-pressed={noted.star} onClick={() => onNote({ kind: "star", story })}>
          {noted.star ? "★" : "☆"} {WORDS.star}
        </button>
        <Choice label={WORDS.verdict} value={noted.verdict} options={VERDICTS} name={(verdict) => verdict || "–"} onChange={(value) => onNote({ kind: "verdict", story, value })} />
        {noted.tags.map((tag) => (
          <button key={tag} type="button" class="tag" title={WORDS.removeTag} onClick={() => onNote({ kind: "tag", story, value: tag })}>
            #<Said text={tag} />
          </button>
        ))}
      </div>
      {noted.comments.map((comment, place) => (
        <p key={place} class="comment">
          <Said text={comment.text} /> <time class="quiet">{spoken(comment.made)}</time>
        </p>
      ))}
      <form onSubmit={keep}>
        <input type="text" value={text} aria-label={WORDS.comment} placeholder={WORDS.commentHint} maxLength={10000} onInput={(event) => setText(event.currentTarget.value)} />
        <button type="submit" disabled={!text.trim()}>
          {WORDS.keep}
        </button>
      </form>
    </section>
  );
}

export function NotesView(props: { notes: Notes; onNote: (note: Note) => void; onOpen: (story: string) => void; onView: (line: string) => void }): JSX.Element {
  const { stories, views } = props.notes;
  const noted = Object.entries(stories).filter(([, note]) => note.star || note.verdict || note.tags.length || note.comments.length);
  return (
    <div class="page">
      <div class="noting-row">
        <button type="button" disabled={!props.notes.last} onClick={() => props.onNote({ kind: "undo" })}>
          {WORDS.undo}
        </button>
        <Quiet>{WORDS.notesLead}</Quiet>
      </div>
      <section class="stack">
        <h2>{WORDS.notedStories}</h2>
        {noted.length === 0 && <Quiet>{WORDS.notesNone}</Quiet>}
        <ul class="first">
          {noted.map(([story, note]) => (
            <li key={story}>
              <button type="button" class="teller" onClick={() => props.onOpen(story)}>
                <span class="when">
                  {note.star ? "★ " : ""}
                  <Said text={story} />
                </span>
                <span class="stack-small">
                  <span class="sentence">
                    <Said text={props.notes.sentences[story] ?? WORDS.storyGone} />
                  </span>
                  <span class="tags">
                    {note.verdict && <span class="chip">{note.verdict}</span>}
                    {note.tags.map((tag) => (
                      <span key={tag}>
                        #<Said text={tag} />
                      </span>
                    ))}
                  </span>
                  {note.comments.map((comment, place) => (
                    <Said key={place} text={comment.text} />
                  ))}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section class="stack">
        <h2>{WORDS.views}</h2>
        {Object.keys(views).length === 0 && <Quiet>{WORDS.viewsNone}</Quiet>}
        <ul class="first">
          {Object.entries(views).map(([name, line]) => (
            <li key={name}>
              <button type="button" class="teller" onClick={() => props.onView(line)}>
                <b>
                  <Said text={name} />
                </b>
                <code>
                  <Said text={line} />
                </code>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
