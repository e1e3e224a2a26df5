import {placeholdersOf, readTemplate, type QueryTemplate} from '../../analysis/query-template.ts';
import type {Unit} from '../../release/plan.ts';
import type {MetricKind} from '../condition/metric-book.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {child, type YamlReader, type Spot} from '../yaml/reader.ts';
import {readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

/** A metric that Prometheus is asked for. */
export interface MetricQuery {
  template: QueryTemplate;
  unit: Unit;
  better: MetricKind['better'];
  /** Whether each side has a value of its own, or both share one. */
  per: 'side' | 'service';
}

const LONGEST = 4096;
const TELLS_SIDES = ['side', 'match', 'version'] as const;

/** A query of PromQL with placeholders. */
export const query = readBy(
  (value): Reading<QueryTemplate> => {
    const allowed = 'a query of PromQL: sum(queue_length{{{match}}})';
    if (typeof value !== 'string' || value.trim() === '')
      return bad({message: 'this is not a query', allowed});
    if (value.length > LONGEST)
      return bad({
        message: `this has ${value.length} letters`,
        allowed: `a query of up to ${LONGEST} letters`,
      });
    const read = readTemplate(value);
    if (read.ok) return good(read.template);
    const {message, allowed: instead, at, found} = read.problem;
    return bad({message, allowed: instead, at, found: quote(found)});
  },
  {type: 'string', form: 'a query of PromQL'},
);

/** Whether a query has a number for each side. Without `per` its placeholders say so; a contradiction is a mistake. */
export function readPer(
  reader: YamlReader,
  spot: Spot,
  template: QueryTemplate,
  per: MetricQuery['per'] | undefined,
): MetricQuery['per'] {
  const used = placeholdersOf(template);
  const tells = TELLS_SIDES.some(name => used.has(name));
  if (per === undefined && !tells)
    reader.warn(child(spot, 'query'), {
      message:
        'the query names neither {{match}} nor {{side}} nor {{version}}: both sides share its one number',
      allowed: 'one of these, or per: service, which says so',
    });
  if (per === 'side' && !tells)
    reader.mistake(child(spot, 'query'), {
      message: 'each side is to have its own number, and the query does not say which side',
      allowed: '{{match}}, {{side}} or {{version}} in it, or per: service',
    });
  if (per === 'service' && (used.has('side') || used.has('version')))
    reader.mistake(child(spot, 'query'), {
      message: 'both sides are to share one number, and the query asks for one side',
      allowed: 'no {{side}} and {{version}} in it, or per: side',
    });
  return per ?? (tells ? 'side' : 'service');
}
