/** Document of a report. Markdown and HTML are both written from it. */

/** Severity of a text. Only `bad` and `good` are coloured. */
export type ReportTone = 'bad' | 'warn' | 'good' | 'plain' | 'quiet';

export interface ReportCell {
  text: string;
  tone?: ReportTone;
  /** Aligned to the right. */
  isNumber?: true;
}

/** One or two lines over time. Lists are as long as `at`; null where no value is known. */
export interface ReportChart {
  title: string;
  unit: '%' | 'ms' | '/s';
  at: readonly number[];
  stepMs: number;
  lines: readonly {name: string; side: 'prod' | 'gray'; values: readonly (number | null)[]}[];
  /** Moments with a mark and a text. */
  marks: readonly {at: number; text: string; tone: ReportTone}[];
}

export type ReportBlock =
  | {kind: 'text'; text: string; tone?: ReportTone}
  | {kind: 'facts'; rows: readonly (readonly [label: string, value: string])[]}
  | {kind: 'table'; head: readonly string[]; rows: readonly (readonly ReportCell[])[]}
  | {kind: 'charts'; charts: readonly ReportChart[]};

export interface Section {
  title: string;
  blocks: readonly ReportBlock[];
}

export interface ReportDocument {
  lang: string;
  title: string;
  /** The result in one sentence. */
  lead: {text: string; tone: ReportTone};
  sections: readonly Section[];
  names: {prod: string; gray: string};
}
