import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {stringify} from 'yaml';
import {mistakeInPlan} from '../../source/release/plan-shape.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {readConfig} from '../../source/config/project/config-file.ts';
import {describePlan} from '../../source/config/describe/plan.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import type {Mistake} from '../../source/config/yaml/mistake.ts';
import {checkPart, readPlan} from '../../source/config/plan/plan-file.ts';

/** Words that plans are made of, so that random files come near to plans. */
const WORDS = (
  'phases name percent duration audience include users groups criteria manual whenStale ramp step every guardrails when for ' +
  'then level presets evidence falseAlarms complete hooks deploy argv check gray_release_plan user_groups rollback_conditions ' +
  'phase percentage metric threshold whitelist internal_users_only all any not group custom metrics store features plan type'
).split(' ');
const VALUES = [
  'error_rate < 1 %',
  'error_rate > 5',
  'rollback',
  'auto',
  'prod',
  '5 %',
  '24h',
  '2天',
  '即时',
  'internal',
  'seed-rollback',
  'off',
  '>= 7 days',
  'gauge',
  'redis://a:b@c',
  '__proto__',
  'constructor',
  '',
  ' ',
  '\t',
  '&a',
  '*a',
  '\u001b[2J',
];

const {anything} = fc.letrec(tie => ({
  scalar: fc.oneof(
    fc.constantFrom(...VALUES),
    fc.constantFrom(0, 1, 5, 20, 50, 100, 0.5, -1, 1e300),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string({unit: 'grapheme'}),
  ),
  anything: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    tie('scalar'),
    fc.array(tie('anything'), {maxLength: 4}),
    fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string()), tie('anything'), {maxKeys: 6}),
  ),
}));

const UNSAFE = /[\p{Cc}\p{Bidi_Control}]/u;

/** What is wrong with the mistakes themselves. */
function misplaced(text: string, mistakes: readonly Mistake[]): string[] {
  const lines = text.split('\n');
  return mistakes.flatMap(({line, column, message, allowed, found}) => {
    const width = lines[line - 1]?.length;
    return [
      ...(width === undefined || column < 1 || column > width + 1
        ? [`${line}:${column} is not in the file`]
        : []),
      ...(message === '' || allowed === '' ? ['says nothing'] : []),
      ...(UNSAFE.test(`${message}${allowed}${found}`) ? ['acts on the terminal'] : []),
    ];
  });
}

function faultsOf(text: string): string[] {
  const part = checkPart(text, 'f.yaml');
  const whole = readPlan(text, 'f.yaml');
  const config = readConfig(text, 'f.yaml');
  return [
    ...[part, whole, config].flatMap(reading =>
      misplaced(text, reading.ok ? reading.warnings : reading.mistakes),
    ),
    ...[part, whole, config].flatMap(reading =>
      reading.ok || reading.mistakes.length > 0 ? [] : ['refused without a word'],
    ),
    ...(whole.ok ? [mistakeInPlan(whole.plan) ?? []].flat() : []),
    ...(part.ok && describePlan(part.plan, 'zh').length === 0 ? ['no words'] : []),
  ];
}

describe('whatever a file holds, it is read or every mistake has its place in it', () => {
  test('random text', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 300}), text => {
        expect(faultsOf(text)).toEqual([]);
      }),
      {numRuns: 300},
    );
  });

  test('random signs of YAML', () => {
    const signs = fc.constantFrom(
      'a',
      'phases',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '|',
      '>',
      '&a',
      '*a',
      '<<',
      '#',
      '\t',
      '---',
      '!',
      '%',
      '灰',
    );
    fc.assert(
      fc.property(
        fc.array(signs, {maxLength: 40}).map(parts => parts.join('')),
        text => {
          expect(faultsOf(text)).toEqual([]);
        },
      ),
      {numRuns: 1000},
    );
  });

  test('random YAML made of the words of plans', () => {
    fc.assert(
      fc.property(
        anything.map(value => stringify(value)),
        text => {
          expect(faultsOf(text)).toEqual([]);
        },
      ),
      {numRuns: 500},
    );
  });

  test('a whole plan with a few signs put in and taken out', () => {
    const whole = readFileSync(new URL('../../fixtures/plans/full.yaml', import.meta.url), 'utf8');
    const slip = fc.record({
      at: fc.nat({max: whole.length}),
      gone: fc.nat({max: 8}),
      put: fc.constantFrom(
        '',
        '- ',
        '\n',
        '  ',
        ': ',
        '[',
        '}',
        '"',
        '&a ',
        '*a',
        '%',
        '0',
        '\t',
        '!x ',
        '<',
        '灰',
        '\r',
        '\u0007',
      ),
    });
    fc.assert(
      fc.property(fc.array(slip, {minLength: 1, maxLength: 3}), slips => {
        const text = slips.reduce(
          (now, {at, gone, put}) => now.slice(0, at) + put + now.slice(at + gone),
          whole,
        );
        expect(faultsOf(text)).toEqual([]);
      }),
      {numRuns: 200},
    );
  });

  test('a quote too many and a bracket that stays open, after which the YAML library miscounts lines', () => {
    const whole = readFileSync(new URL('../../fixtures/plans/full.yaml', import.meta.url), 'utf8');
    const broken = whole
      .replace('percent: "50 %"', 'percent: ""50 %"')
      .replace('    include: {groups: [vip]}', '[include: {groups: [vip]}');
    expect(faultsOf(broken)).toEqual([]);
  });

  test('random JSON', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        expect(faultsOf(text)).toEqual([]);
      }),
      {numRuns: 200},
    );
  });
});

test('whatever a condition holds, it is read or every mistake has its place in it', () => {
  const parts = fc.constantFrom(
    'error_rate',
    'response_time',
    'improvement',
    '<',
    '>=',
    '==',
    '5',
    '0.5',
    '-1',
    '%',
    'ms',
    'x',
    'prod',
    'over',
    '5m',
    'min',
    '20',
    'requests',
    'for',
    '，',
    '🙂',
  );
  const text = fc.oneof(
    fc.array(parts, {maxLength: 10}).map(words => words.join(' ')),
    fc.string({unit: 'grapheme'}),
  );
  fc.assert(
    fc.property(text, written => {
      const reading = readCondition(written, metricBook());
      const again = readCondition(reading.ok ? reading.value.text : written, metricBook());
      const offsets = reading.ok ? [] : reading.problems.map(({at = 0}) => at);
      expect(again.ok && again.value).toEqual(reading.ok && reading.value);
      expect(offsets.filter(at => at < 0 || at > written.length)).toEqual([]);
    }),
    {numRuns: 1000},
  );
});

test('every plan that keeps the rules is read as it was meant, and goes through the log unchanged', () => {
  const phase = fc.record({
    name: fc.uuid(),
    step: fc.integer({min: 1, max: 900}),
    duration: fc.constantFrom('30s', '1h30m', '2天', '7 days'),
    audience: fc.constantFrom('inside', {country: ['CN', 'SG']}, {not: {group: 'inside'}}),
    criteria: fc.subarray([
      'error_rate < 1 %',
      'response_time_p95 < 1.5x prod',
      'conversion_rate improvement > 1 %',
    ]),
    manual: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(phase, {minLength: 1, maxLength: 10}),
      fc.constantFrom('auto', 'manual'),
      (drafts, complete) => {
        let hundredths = 0;
        const phases = drafts.map(({step, ...rest}) => ({
          ...rest,
          percent: `${(hundredths += step) / 100} %`,
        }));
        const text = stringify({
          phases: [...phases, {name: 'all', percent: 100}],
          groups: {inside: {user_type: 'admin'}},
          complete,
        });
        const reading = readPlan(text, 'f.yaml');
        const plan = reading.ok ? reading.plan : null;
        expect(reading.ok ? [] : reading.mistakes).toEqual([]);
        expect(plan?.phases.map(({name, percent}) => `${name} ${percent} %`)).toEqual([
          ...phases.map(({name, percent}) => `${name} ${percent}`),
          'all 100 %',
        ]);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      },
    ),
    {numRuns: 100},
  );
});
