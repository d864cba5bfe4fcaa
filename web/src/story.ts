// The shapes that `docs/commands.md` describes, as JSON brings them. null means "this evidence cannot say".

export interface Citation {
  source: string;
  file: string;
  line: number | null;
  record: number | null;
}

export interface Process {
  process: string;
  pid: number | null;
  image: string | null;
  command_line: string | null;
  user: string | null;
  started: string | null;
  ended: string | null;
  guid: string | null;
  service: string | null;
  confidence: number | null;
  basis: string | null;
  reason: string | null;
  via?: string | null;
}

export interface Name {
  name: string;
  lookup: string;
  time_from: string | null;
  cnames: string[] | null;
  confidence: number | null;
  basis: string | null;
  reason: string | null;
}

export interface Script {
  script: string;
  time_from: string | null;
  kind: string | null;
  text: string | null;
  text_cut: boolean;
  path: string | null;
  missing_parts: number[] | null;
  matches: string[] | null;
  confidence: number | null;
  basis: string | null;
  reason: string | null;
}

export interface Blind {
  question: string;
  source: string;
  state: string;
  reason: string;
}

export interface Lookup {
  lookup: string;
  name: string;
  status_text: string | null;
  addresses: string[];
  cnames: string[];
  answered_from: string | null;
  process: Process | null;
  evidence: Citation[];
}

export interface Act {
  kind: string;
  subject: string | null;
  time: string | null;
  reason: string;
  evidence: Citation;
}

/** What a program sent and received in the hour of a story, all its connections together. */
export interface Traffic {
  program: string;
  user: string | null;
  time_from: string;
  time_to: string;
  bytes_sent: number | null;
  bytes_received: number | null;
  interface: string | null;
  evidence: Citation[];
}

export interface Story {
  story: string;
  host: string;
  time_from: string | null;
  time_to: string | null;
  direction: string;
  action: string;
  protocol: string | null;
  local_address: string | null;
  local_port: number | null;
  remote_address: string | null;
  remote_port: number | null;
  icmp_type: number | null;
  icmp_code: number | null;
  process: Process | null;
  process_candidates: Process[];
  ancestors: Process[];
  requester: Process | null;
  names: Name[];
  remote_name_hint: string | null;
  scripts: Script[];
  acts: Act[];
  bytes_sent: number | null;
  bytes_received: number | null;
  traffic: Traffic[];
  sources: string[];
  evidence: Citation[];
  not_seen: Blind[];
  sentence: string;
  lookups: Record<string, Lookup>;
  records: Record<string, Citation[]>;
}

/** One line of a list; times are microseconds since 1970, which a number holds exactly. */
export interface Row {
  number: number;
  story: string;
  host: string;
  shortHost: string;
  time: number | null;
  direction: string;
  action: string;
  protocol: string | null;
  local: string;
  remote: string;
  port: number | null;
  name: string | null;
  process: string;
  pid: number | null;
  user: string | null;
  parent: string | null;
  confidence: number | null;
  sources: string[];
  marks: number;
}
