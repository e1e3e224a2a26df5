import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';

const FOLDER = new URL('../../fixtures/plans/broken/', import.meta.url);
const names = readdirSync(FOLDER).filter(name => name.endsWith('.yaml'));

test('there are ten plans and more broken the way people break them', () => {
  expect(names.length).toBeGreaterThanOrEqual(10);
});

describe('everything that is wrong with it is told at once', () => {
  test.each(names)('%s', name => {
    const reading = readPlan(readFileSync(new URL(name, FOLDER), 'utf8'), name);
    const told = reading.ok ? [] : reading.mistakes.flatMap(mistakeLines);
    // The list of known metrics is written METRICS there: a new metric is no new mistake.
    const names = metricBook().names.join(', ');
    expect(`${told.join('\n').replaceAll(names, 'METRICS')}\n`).toBe(
      readFileSync(new URL(name.replace('.yaml', '.txt'), FOLDER), 'utf8'),
    );
  });
});
