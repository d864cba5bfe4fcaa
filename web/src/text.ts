// Texts of a case as a person may see them: what would not be seen is written out, as in Python's `visible`.
import { WORDS } from "./words";

// control, format, surrogate and separator characters, and Unicode's default ignorables and blank letters
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/gu;

export function visible(text: string): string {
  return text.replace(UNSEEN, writtenOut);
}

/** As `visible`, but a line feed and a tab stay: for scripts, which are shown line by line. */
export function visibleLines(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(UNSEEN, (letter) => (letter === "\n" || letter === "\t" ? letter : writtenOut(letter)));
}

function writtenOut(letter: string): string {
  const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const code = letter.codePointAt(0) ?? 0;
  if (short[letter]) return short[letter];
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

export const count = (number: number): string => number.toLocaleString("en-US");

export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

/** `2021-11-27 03:17:39` of microseconds since 1970, UTC. */
export function moment(microseconds: number | null): string {
  return microseconds === null ? WORDS.unknown : new Date(microseconds / 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** `2021-11-27 03:17:39.250` of ISO text; a fraction of zero is left out. */
export function spoken(iso: string | null): string {
  return iso === null ? WORDS.timeUnknown : iso.replace("T", " ").replace(/(:\d\d)(\.\d{3})?\d*(?:Z|\+00:00)$/, "$1$2").replace(".000", "");
}

export const base = (path: string | null): string | null => path?.split(/[\\/]/).at(-1) ?? null;

export const endpoint = (address: string | null, port: number | null): string => {
  if (address === null) return WORDS.unknown;
  if (port === null) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
};

/** A text cut at some words: every second piece is one of them. Of two at one place the first counts. */
export function pieces(text: string, words: readonly (string | null | undefined)[]): string[] {
  const next = words.flatMap((word) => (word ? [{ word, at: text.indexOf(word) }] : []));
  const found: string[] = [];
  let from = 0;
  for (;;) {
    for (const each of next) if (each.at >= 0 && each.at < from) each.at = text.indexOf(each.word, from);
    const first = next.filter(({ at }) => at >= 0).reduce<{ word: string; at: number } | null>((one, other) => (one && one.at <= other.at ? one : other), null);
    if (!first) return [...found, text.slice(from)];
    found.push(text.slice(from, first.at), first.word);
    from = first.at + first.word.length;
  }
}
