import {z} from 'zod';

/** What a piece of text means on a page; the style sheet and the terminal say how that looks. */
const tone = z.enum([
  'plain',
  'strong',
  'quiet',
  'prod',
  'gray',
  'good',
  'warn',
  'bad',
  'alarm',
  'caution',
  'relief',
]);
export type PageTone = z.infer<typeof tone>;

const text = z.string().max(1000);
const piece = z.object({text, tone});
const line = z.array(piece).max(200);
export type PageLine = z.infer<typeof line>;

/** Values over time, oldest first; null where nothing is known. */
const series = z.array(z.number().nullable()).max(240);
/** Whether a release is well, for title and favicon; `off`: nothing is under gray. */
const health = z.enum(['well', 'watch', 'bad', 'off']);
export type PageHealth = z.infer<typeof health>;

const about = {
  lang: z.enum(['en', 'zh']),
  /** The store's clock, milliseconds since 1970. */
  at: z.number(),
  /** The same as people read it, and its time zone. */
  time: text,
  zone: text,
  health,
  /** What the browser's tab says, without the mark. */
  title: text,
  /** Says what a viewer is not shown; empty where everything is. */
  badge: text,
  /** Words around the facts, in the language of the page. */
  words: z.record(z.string(), text),
};

const row = z.object({
  label: text,
  prod: text,
  gray: text,
  /** How gray stands against prod: mark, difference, word. */
  compared: line,
  /** The plan's most severe limit, as text; empty without one. */
  limit: text,
  isBad: z.boolean(),
  /** The numbers are not of now. */
  isOld: z.boolean(),
  chart: z
    .object({prod: series, gray: series, min: z.number(), max: z.number(), badFrom: z.number()})
    .nullable(),
});
export type PageRow = z.infer<typeof row>;

/** One feature, as a viewer sees it: the facts of the console, ready to be drawn. */
const pageShape = z.object({
  schema: z.literal('graydeck.page/1'),
  ...about,
  feature: text,
  version: text,
  prodVersion: text,
  state: z.object({mark: text, tone, word: text}),
  /** Lights of what the release depends on: store, guard, routers. */
  lights: z.array(line).max(20),
  headlines: z.array(z.object({mark: text, tone, text})).max(10),
  phases: z.array(z.object({name: text, percent: text, state: z.enum(['past', 'now', 'ahead'])})).max(100),
  /** Set, applied and observed percent, and how long the phase goes on. */
  facts: z.array(line).max(10),
  notes: z.object({prod: line, gray: line}),
  rows: z.array(row).max(60),
  verdict: z.object({title: line, note: line, rows: z.array(line).max(60)}).nullable(),
  cause: z.object({title: text, rows: z.array(line).max(20)}).nullable(),
  logTitle: line,
  log: z.array(z.object({time: text, mark: text, tone, text, who: text})).max(100),
});
export type Page = z.infer<typeof pageShape>;

/** One feature among others: a row that reads as a sentence. */
const listRow = z.object({
  feature: text,
  health,
  mark: text,
  tone,
  state: text,
  percent: text,
  version: text,
  text,
  alerts: text,
});
export type ListRow = z.infer<typeof listRow>;

/** All features, the worst first. */
const listShape = z.object({
  schema: z.literal('graydeck.pages/1'),
  ...about,
  headline: z.object({mark: text, tone, text}),
  rows: z.array(listRow).max(1000),
});
export type PageList = z.infer<typeof listShape>;

export const anyPageShape = z.discriminatedUnion('schema', [pageShape, listShape]);
export type AnyPage = z.infer<typeof anyPageShape>;

/** The line that ends a stream of pages: the link has ended. */
export const GONE_SCHEMA = 'graydeck.gone/1';

/** Marks of the tab's title and of the favicon. */
const HEALTH_MARKS: Readonly<Record<PageHealth, string>> = {
  well: '✔',
  watch: '▲',
  bad: '✖',
  off: '○',
};

/** What the browser's tab says. */
export function tabTitle({health: state, title}: AnyPage): string {
  return `${HEALTH_MARKS[state]} ${title}`;
}
