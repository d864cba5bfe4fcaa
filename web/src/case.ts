// What the server says about a case as a whole.
import type { Story } from "./story";

export interface First extends Story {
  host_short: string;
  alike: number;
  marks: number;
}

export interface Coverage {
  host: string;
  source: string;
  time_from: string;
  time_to: string;
  state: string;
  reason: string;
  first: string | null;
  last: string | null;
  records: number;
}

export interface Overview {
  name: string;
  other: string | null;
  version: string;
  hosts: { host: string; first: string; last: string; outbound: number; inbound: number; local: number; connections: number; lookups: number; processes: number; records: number }[];
  sources: { source: string; records: number; hosts: number; first: string; last: string }[];
  first: First[];
  stories: number;
  lookups: number;
  blind: { question: string; source: string; state: string; stories: number }[];
  clocks: { host: string; source: string; file: string | null; kind: string; offset_seconds: number | null; spread_seconds: number | null; support: number; basis: string; applied: boolean; reason: string }[];
  coverage: Coverage[];
  files: { file: string; kind: string; size: number; sha256: string | null; seen: number; used: number; ignored: number; skipped: number; note: string | null }[];
  skipped: { file: string; line: number | null; record: number | null; reason: string }[];
  licences: { name: string; version: string; licence: string }[];
}

export interface Noted {
  star: boolean;
  verdict: string;
  tags: string[];
  comments: { made: string; text: string }[];
}

export interface Notes {
  stories: Record<string, Noted>;
  sentences: Record<string, string>;
  views: Record<string, string>;
  last: number;
}

export const VERDICTS = ["", "benign", "suspicious", "malicious", "unsure"] as const;
