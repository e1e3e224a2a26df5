/** Document of a report. Markdown and HTML are both written from it. */

/** Severity of a text. Only `bad` and `good` are coloured. */
export type Tone = 'bad' | 'warn' | 'good' | 'plain' | 'quiet';

export interface Cell {
  text: string;
  tone?: Tone;
  /** Aligned to the right. */
  isNumber?: true;
}

/** One or two lines over time. Lists are as long as `at`; null where no value is known. */
export interface Chart {
  title: string;
  unit: '%' | 'ms' | '/s';
  at: readonly number[];
  stepMs: number;
  lines: readonly {name: string; side: 'prod' | 'gray'; values: readonly (number | null)[]}[];
  /** Moments with a mark and a text. */
  marks: readonly {at: number; text: string; tone: Tone}[];
}

export type Block =
  | {kind: 'text'; text: string; tone?: Tone}
  | {kind: 'facts'; rows: readonly (readonly [label: string, value: string])[]}
  | {kind: 'table'; head: readonly string[]; rows: readonly (readonly Cell[])[]}
  | {kind: 'charts'; charts: readonly Chart[]};

export interface Section {
  title: string;
  blocks: readonly Block[];
}

export interface ReportDocument {
  lang: string;
  title: string;
  /** The result in one sentence. */
  lead: {text: string; tone: Tone};
  sections: readonly Section[];
  names: {prod: string; gray: string};
}
