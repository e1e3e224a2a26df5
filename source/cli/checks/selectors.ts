import type {Side} from '../../analysis/numbers.ts';
import {SIDES} from '../../analysis/numbers.ts';
import type {PrometheusConfig} from '../../config/project/prometheus.ts';
import type {PrometheusSamples, SideSelectors} from '../../config/project/prometheus-samples.ts';
import type {RawSeries} from '../../metrics/prometheus/answer.ts';
import type {PrometheusClient} from '../../metrics/prometheus/client.ts';
import {questionOf} from '../../metrics/prometheus/question.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';
import {plainText} from '../../text/plain-text.ts';
import {nearest} from '../../text/quote.ts';

const CHECK = 'prometheus';
/** How far back series are looked for. */
const LOOKED = '5m';
const SCRAPE_MS = 15_000;
/** So many times the interval that the project says, Prometheus scrapes too rarely. */
const TOO_RARE = 1.5;
/** Names and values that are listed. */
const MOST_LISTED = 6;

type Series = readonly RawSeries[];
type Ask = (query: string) => Promise<Series>;

/** A selector as it is asked for. */
interface Asked {
  what: string;
  side: Side;
  query: string;
  /** Series may not be there yet: no request has failed, gray is not deployed. */
  mayBeEmpty: boolean;
}

/** What each selector of `prometheus.samples` finds; where it finds nothing, why, and which label or name is near. */
export async function checkSelectors(
  client: Pick<PrometheusClient, 'querySeries'>,
  config: PrometheusConfig,
): Promise<Finding[]> {
  const {samples} = config;
  if (samples === null) return [];
  const ask: Ask = async query => {
    const range = query.endsWith(')') ? '[3s:1s]' : `[${LOOKED}]`;
    const answer = await client.querySeries(`${query}${range}`);
    if (!answer.ok) throw new Error(answer.fault.why);
    return answer.value;
  };
  const found = new Map<Asked, Series>();
  for (const asked of questionsOf(samples, config)) found.set(asked, await ask(asked.query));
  const missing: Finding[] = [];
  for (const [asked, series] of found) if (series.length === 0) missing.push(...(await whyEmpty(asked, ask)));
  const findings = [
    ...missing,
    ...sameSeries(found),
    ...notAHistogram(samples, found),
    ...tooRare(found, config.scrapeMs ?? SCRAPE_MS),
  ];
  if (findings.length > 0) return findings;
  const counts = SIDES.map(side => `${side} ${countOf(found, 'requests', side)}`);
  return [fine(CHECK, `samples: series of requests: ${counts.join(', ')}`)];
}

function questionsOf(samples: PrometheusSamples, {sides, labels}: PrometheusConfig): Asked[] {
  const target = {
    feature: '',
    release: null,
    versions: {prod: null, gray: null},
    startedAt: null,
    splitChangedAt: null,
  };
  const of = (what: string, selectors: SideSelectors | null | undefined) =>
    SIDES.flatMap((side): Asked[] => {
      if (selectors === null || selectors === undefined) return [];
      const question = questionOf(selectors[side], side, target, {sides, labels, windowMs: 60_000});
      // A selector by {{version}} or {{feature}} is known once a release runs.
      if (!question.ok) return [];
      return [{what, side, query: question.query, mayBeEmpty: side === 'gray' || what !== 'requests'}];
    });
  return [
    ...of('requests', samples.requests),
    ...of('errors', samples.errors),
    ...of('conversions', samples.conversions),
    ...of('duration', samples.duration?.classic),
    ...of('native duration', samples.duration?.native),
  ];
}

/** Takes a selector apart until something is found. A native histogram is asked for only in case there is one. */
async function whyEmpty({what, side, query, mayBeEmpty}: Asked, ask: Ask): Promise<Finding[]> {
  if (what === 'native duration' || what === 'duration') return [];
  const {name, matchers} = partsOf(query);
  const at = `samples: ${what} of ${side}`;
  const all = name === '' ? [] : await ask(name);
  if (name !== '' && all.length === 0) {
    const names = (await ask('count by (__name__) ({__name__!=""})')).map(
      ({labels}) => labels['__name__'] ?? '',
    );
    return [lacking(at, `no series is called ${plainText(name, 80)}`, name, names)];
  }
  for (const {label, text, value} of matchers) {
    const labels = new Set(all.flatMap(one => Object.keys(one.labels)));
    if (all.length > 0 && !labels.has(label))
      return [lacking(at, `no series of ${plainText(name, 80)} has the label ${label}`, label, [...labels])];
    if ((await ask(`${name}{${text}}`)).length > 0) continue;
    const values = [...new Set(all.flatMap(one => one.labels[label] ?? []))];
    const finding = lacking(at, `${label} of ${plainText(name, 80)} never fits ${text}`, value, values);
    return [mayBeEmpty ? {...finding, level: 'doubt'} : finding];
  }
  const text = `${at}: no series fits all of ${plainText(query, 120)}`;
  return [
    mayBeEmpty ? doubt(CHECK, text, '') : wrong(CHECK, text, 'correct prometheus.samples in graydeck.yaml'),
  ];
}

function lacking(at: string, what: string, wanted: string, there: readonly string[]): Finding {
  const near = nearest(wanted, there);
  const listed = [...there]
    .filter(name => !name.startsWith('__'))
    .sort((one, other) => (one < other ? -1 : 1));
  const some = plainText(listed.slice(0, MOST_LISTED).join(', '), 160);
  const more = listed.length > MOST_LISTED ? ', …' : '';
  const known =
    near === null ? `there are ${some === '' ? 'none' : some}${more}` : `nearest: ${plainText(near, 80)}`;
  return wrong(CHECK, `${at}: ${what}; ${known}`, 'correct prometheus.samples or sides in graydeck.yaml');
}

/** Name and matchers of a filled selector. */
function partsOf(query: string): {name: string; matchers: {label: string; text: string; value: string}[]} {
  const name = /^\s*(?<name>[A-Za-z_:][\w:]*)?/u.exec(query)?.groups?.['name'] ?? '';
  const found = query.matchAll(
    /(?<label>[A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*(?:"(?<value>(?:\\[^]|[^"\\])*)"|'(?:\\[^]|[^'\\])*'|`[^`]*`)/gu,
  );
  return {
    name,
    matchers: [...found].map(([text, label = '', value = '']) => ({label, text, value})),
  };
}

function sameSeries(found: ReadonlyMap<Asked, Series>): Finding[] {
  const keys = (side: Side) =>
    new Set(
      seriesOf(found, 'requests', side).map(({labels}) =>
        JSON.stringify(Object.entries(labels).sort(byName)),
      ),
    );
  const gray = keys('gray');
  const both = [...keys('prod')].filter(key => gray.has(key)).length;
  if (both === 0) return [];
  const text = `samples: ${both} of ${gray.size} series of requests are found for prod and for gray`;
  return [wrong(CHECK, text, 'name in prometheus.sides the label that tells the sides apart')];
}

/** Durations that are no histogram, or are not there at all. */
function notAHistogram({duration}: PrometheusSamples, found: ReadonlyMap<Asked, Series>): Finding[] {
  if (duration === null || seriesOf(found, 'requests', 'prod').length === 0) return [];
  const classic = seriesOf(found, 'duration', 'prod');
  const bare = seriesOf(found, 'native duration', 'prod');
  if (classic.length > 0 || bare.some(({histograms}) => histograms.length > 0)) return [];
  const name = plainText(partsOf(duration.native.prod.text).name, 80);
  const isSummary = bare.some(({labels}) => labels['quantile'] !== undefined);
  const text = isSummary
    ? `samples: ${name} is a summary, not a histogram: its quantiles cannot be counted`
    : `samples: duration of prod: no histogram ${name} is found, neither ${name}_bucket nor a native one`;
  return [wrong(CHECK, text, 'name a histogram in prometheus.samples.duration, or leave duration out')];
}

function tooRare(found: ReadonlyMap<Asked, Series>, scrapeMs: number): Finding[] {
  const gaps = SIDES.flatMap(side => seriesOf(found, 'requests', side)).flatMap(({points}) =>
    points.slice(1).map(({at}, index) => at - (points[index]?.at ?? at)),
  );
  const median = gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)];
  if (median === undefined || median <= TOO_RARE * scrapeMs) return [];
  const text = `samples: Prometheus scrapes every ${Math.round(median / 1000)} s, and prometheus.scrape is ${scrapeMs / 1000} s`;
  return [wrong(CHECK, text, `scrape: ${Math.round(median / 1000)}s in graydeck.yaml, or scrape more often`)];
}

function seriesOf(found: ReadonlyMap<Asked, Series>, what: string, side: Side): Series {
  return [...found].find(([asked]) => asked.what === what && asked.side === side)?.[1] ?? [];
}

function countOf(found: ReadonlyMap<Asked, Series>, what: string, side: Side): number {
  return seriesOf(found, what, side).length;
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
