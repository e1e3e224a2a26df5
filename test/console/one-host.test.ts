import {expect, it} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import type {SideTick} from '../../source/analysis/evidence/tick.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import type {ViewModel} from '../../source/console/present/view-model.ts';
import {evidenceRows} from '../../source/console/present/verdict/evidence.ts';
import type {Language} from '../../source/text/language.ts';

/** The rows of evidence where gray fails a fifth of its requests, on so many hosts, and prod has the rest of ten. */
function rowsOf(grays: number, language: Language): string {
  const side = (hosts: readonly number[], errors: number): SideTick => ({
    requests: 20 * hosts.length,
    errors: errors * hosts.length,
    conversions: 0,
    hist: [],
    instances: hosts.map(host => ({id: `web-${host}`, requests: 20, errors, timeSum: 0})),
  });
  const hosts = Array.from({length: 10}, (_, host) => host);
  const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
  for (let t = 0; t < 120; t++)
    evaluator.observe({
      t,
      grayShare: grays / 10,
      prod: side(hosts.slice(grays), 0),
      gray: side(hosts.slice(0, grays), 4),
    });
  const scene = {t: messagesOf(language)} as ViewModel;
  return evidenceRows(evaluator.read()!, scene)
    .flatMap(({parts}) => parts.flat())
    .map(({text}) => text)
    .join(' ');
}

it('the rows of evidence say that gray runs on one host, and that it can pause only', () => {
  expect(rowsOf(1, 'en')).toContain(
    'gray runs on one host, its version cannot be told from the host: it can pause only',
  );
  expect(rowsOf(1, 'zh')).toContain('灰度只在一台主机上，分不清是版本还是主机的问题，所以只能暂停');
  expect(rowsOf(3, 'en')).not.toContain('one host');
});
