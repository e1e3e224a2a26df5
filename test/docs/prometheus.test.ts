import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {readConfig} from '../../source/config/project/config-file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';
import {BUILT_IN} from '../../source/metrics/prometheus/built-in.ts';

const section = await readFile(new URL('../../source/docs/prometheus.md', import.meta.url), 'utf8');

test('the first example of the page is read without a mistake or a warning', () => {
  const yaml = /```yaml\n(?<yaml>[^]*?)```/u.exec(section)?.groups?.['yaml'] ?? '';
  const reading = readConfig(yaml, 'prometheus.md');
  const told = (reading.ok ? reading.warnings : reading.mistakes).flatMap(mistakeLines).join('\n');
  expect(told).toBe('');
  expect(reading.ok && Object.keys(reading.config.queries)).toEqual(['cpu', 'queue', 'pool']);
});

test('the page names every metric that is asked for without configuration', () => {
  for (const name of Object.keys(BUILT_IN)) expect(section).toContain(`\`${name}\``);
});
