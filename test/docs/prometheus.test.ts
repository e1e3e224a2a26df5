import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {readConfig} from '../../source/config/project/config-file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';
import {BUILT_IN} from '../../source/metrics/prometheus/built-in.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const section = /## Numbers by Prometheus\n(?<text>[^]*?)\n## /u.exec(readme)?.groups?.['text'] ?? '';

test('the example of the README is read without a mistake or a warning', () => {
  const yaml = /```yaml\n(?<yaml>[^]*?)```/u.exec(section)?.groups?.['yaml'] ?? '';
  const reading = readConfig(yaml, 'README.md');
  const told = (reading.ok ? reading.warnings : reading.mistakes).flatMap(mistakeLines).join('\n');
  expect(told).toBe('');
  expect(reading.ok && Object.keys(reading.config.queries)).toEqual(['cpu', 'queue', 'pool']);
});

test('the README names every metric that is asked for without configuration', () => {
  for (const name of Object.keys(BUILT_IN)) expect(section).toContain(`\`${name}\``);
});
