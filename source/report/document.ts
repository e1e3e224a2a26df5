/** A report as parts that any format can write: Markdown and HTML are made from the same. */

/** How much a thing matters: only what is bad or good is coloured. */
export type Tone = 'bad' | 'warn' | 'good' | 'plain' | 'quiet';

export interface Cell {
  text: string;
  tone?: Tone;
  /** Figures stand to the right. */
  isNumber?: true;
}

/** Two lines over time, or one where `gray` is null. Lists as long as `at`; null where nothing is known. */
export interface Chart {
  title: string;
  unit: '%' | 'ms' | '/s';
  at: readonly number[];
  stepMs: number;
  lines: readonly {name: string; side: 'prod' | 'gray'; values: readonly (number | null)[]}[];
  /** Moments worth a mark, with what happened. */
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
  /** How it ended, in a sentence. */
  lead: {text: string; tone: Tone};
  sections: readonly Section[];
  names: {prod: string; gray: string};
}
