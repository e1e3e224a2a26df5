import type {Plan} from '../../release/plan.ts';
import {metricBook, type MetricDeclaration} from '../condition/metric-book.ts';
import {inOrder, type Mistake} from '../yaml/mistake.ts';
import {PHASE_KEYS, PLAN_KEYS, planFrom, planTree} from './plan-fields.ts';
import {isMapping, isWritten, YamlReader, type Spot} from '../yaml/reader.ts';
import {openYaml} from '../yaml/file.ts';
import {startOf} from '../../release/well-formed.ts';
import {quote} from '../../text/quote.ts';

export interface PlanOptions {
  /** Metrics that the project file declares in addition to the known ones. */
  metrics?: Readonly<Record<string, MetricDeclaration>>;
}

export type PlanReading = {ok: true; plan: Plan; warnings: Mistake[]} | {ok: false; mistakes: Mistake[]};

/** What a part of a plan still lacks before a release can be started with it. */
export type Need = 'phases';

export type PartReading =
  /** `plan` has no phases where `needs` names them; everything else in it is whole. */
  {ok: true; plan: Plan; needs: Need[]; warnings: Mistake[]} | {ok: false; mistakes: Mistake[]};

/** Keys of graydeck.yaml that people look for in a plan. */
const CONFIG_KEYS = new Set(['store', 'features', 'metrics', 'prometheus', 'plan']);

const KNOWN: ReadonlySet<string> = new Set(Object.keys(PLAN_KEYS));

/**
 * Reads a whole plan from YAML, JSON or the `yaml` blocks of Markdown: Graydeck's own form, the blocks of the seed
 * documents, or both together. Pure; never throws. Every mistake of the file is reported at once, in the order of the file.
 * @param fileName for mistakes, and for the plan's name where the file gives none
 */
export function readPlan(text: string, fileName: string, options: PlanOptions = {}): PlanReading {
  const reading = read(text, fileName, options);
  const {reader} = reading;
  if (reader !== null && reading.needs.length > 0 && !reading.hasUnreadPhases)
    reader.mistake(ROOT(reader), {
      message: 'the plan has no phases',
      allowed: `${PHASE_KEYS.join(', ')}: for example  phases: [{name: all, percent: 100}]`,
      found: 'nothing',
    });
  const {plan, warnings, mistakes} = result(reading);
  return plan === null ? {ok: false, mistakes} : {ok: true, plan, warnings};
}

/** As `readPlan`, but content with a part: `groups:` alone, `rollback_conditions:` alone. Says what a whole plan still needs. */
export function checkPart(text: string, fileName: string, options: PlanOptions = {}): PartReading {
  const reading = read(text, fileName, options);
  const {plan, warnings, mistakes} = result(reading);
  return plan === null ? {ok: false, mistakes} : {ok: true, plan, needs: reading.needs, warnings};
}

function ROOT(reader: YamlReader): Spot {
  return {value: reader.file.value, path: []};
}

interface Read {
  plan: Plan | null;
  reader: YamlReader | null;
  needs: Need[];
  /** Whether phases are written, though none could be read. */
  hasUnreadPhases: boolean;
  mistakes: Mistake[];
}

function read(text: string, fileName: string, options: PlanOptions): Read {
  const {file, mistakes, warnings} = openYaml(text, fileName, KNOWN);
  if (file === null) return {plan: null, reader: null, needs: [], hasUnreadPhases: false, mistakes};
  const reader = new YamlReader(file);
  reader.warnings.push(...warnings);
  reader.book = metricBook(options.metrics);
  const root = ROOT(reader);
  const {value} = root;
  const isPlain = isMapping(value) && !Object.keys(value).some(key => CONFIG_KEYS.has(key));
  if (isMapping(value) && !isPlain) sayConfigKeys(reader, root);
  const own = isMapping(value)
    ? {...root, value: Object.fromEntries(Object.entries(value).filter(([key]) => !CONFIG_KEYS.has(key)))}
    : root;
  const draft = reader.read(own, planTree);
  if (draft === undefined) return {plan: null, reader, needs: [], hasUnreadPhases: false, mistakes};
  const plan = planFrom(reader, own, draft, baseName(fileName));
  return {
    plan,
    reader,
    needs: plan.phases.length === 0 ? ['phases'] : [],
    hasUnreadPhases: PHASE_KEYS.some(key => isWritten(own, key)),
    mistakes,
  };
}

function sayConfigKeys(reader: YamlReader, root: Spot): void {
  for (const key of Object.keys(root.value as object).filter(one => CONFIG_KEYS.has(one)))
    reader.mistake(
      {value: undefined, path: [key]},
      {
        message: `${quote(key)} belongs into graydeck.yaml, not into a plan`,
        allowed: Object.keys(PLAN_KEYS).join(', '),
        found: quote(key),
      },
      'key',
    );
}

function result({plan, reader, mistakes}: Read): {
  plan: Plan | null;
  warnings: Mistake[];
  mistakes: Mistake[];
} {
  const all = inOrder([...mistakes, ...(reader?.mistakes ?? [])]);
  return {plan: all.length > 0 ? null : plan, warnings: inOrder(reader?.warnings ?? []), mistakes: all};
}

/** `plans/new-payment.yaml` as `new-payment`. */
function baseName(fileName: string): string {
  const base = fileName.replace(/^.*[\\/]/u, '').replace(/\.(?:ya?ml|json|md|markdown|txt)$/iu, '');
  const safe = base.replace(/[^\p{L}\p{N} ._-]/gu, '').trim();
  return safe === '' ? 'plan' : startOf(safe, 64);
}
