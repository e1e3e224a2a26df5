import {describe, expect, test} from 'vitest';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import {readConfig} from '../../source/config/project/config-file.ts';

const PHASES = 'phases: [{name: a, percent: 5, duration: 1h}, {name: b, percent: 100}]';
const plan = (more: string) => readPlan(`${PHASES}\n${more}\n`, 'plan.yaml');
const mistakes = (more: string): string[] => {
  const read = plan(more);
  return read.ok ? [] : read.mistakes.map(({line, message}) => `${line}: ${message}`);
};

describe('raise hours', () => {
  test('are read with their days, times, time zone and exceptions', () => {
    const read = plan(
      'raise: {when: "Mon-Fri 09:00-17:00, Sat 10:00-12:30 Europe/Berlin", except: [2026-12-24]}',
    );
    expect(read.ok && read.plan.raise).toEqual([
      {
        text: 'Mon-Fri 09:00-17:00, Sat 10:00-12:30 Europe/Berlin',
        timeZone: 'Europe/Berlin',
        windows: [
          {days: [1, 2, 3, 4, 5], from: 540, to: 1020},
          {days: [6], from: 600, to: 750},
        ],
        except: ['2026-12-24'],
      },
    ]);
  });

  test.each([
    ['"Mon-Fri 09:00-17:00"', 'names no time zone'],
    ['"Mon-Fri 09:00-17:00 Europe/Berlim"', 'did you mean Europe/Berlin?'],
    ['"Mon-Fri 9-17 UTC"', 'no window of a day'],
    ['"Mon-Fri 22:00-02:00 UTC"', 'passes midnight'],
    ['"Mon-Fri 09:00-09:00 UTC"', 'no time at all'],
    ['"Mon-Fri 09:00-17:00, Fri 12:00-18:00 UTC"', 'overlaps another window'],
    ['"Sun 02:30-09:00 Europe/Berlin"', '02:30 is not there on 2026-03-29 in Europe/Berlin'],
    ['"daily 00:00-02:30 America/New_York"', 'is not there on 2026-03-08'],
    ['"Sat 23:30-24:00, Sun 01:30-02:00 America/New_York"', '01:30 is there twice on 2026-11-01'],
    ['7', 'says no days and hours'],
  ])('%s is a mistake of the plan', (when, says) => {
    expect(mistakes(`raise: {when: ${when}}`).join('\n') || mistakes(`raise: ${when}`).join('\n')).toContain(
      says,
    );
  });

  test.each([
    '"Mon-Fri 02:30-09:00 Europe/Berlin"',
    '"Sun 03:00-09:00 Europe/Berlin"',
    '"daily 02:30-03:00 Asia/Shanghai"',
  ])('%s meets no change of clocks', when => {
    expect(mistakes(`raise: {when: ${when}}`)).toEqual([]);
  });

  test('are a text or a mapping', () => {
    expect(mistakes('raise: 7')).toEqual(['2: this is not a string']);
  });

  test('except days that are dates', () => {
    for (const date of ['2026-02-30', 'christmas', '24.12.2026'])
      expect(mistakes(`raise: {when: "daily 09:00-17:00 UTC", except: [${date}]}`)).toEqual([
        '2: this is no date',
      ]);
  });

  test('of a project stand beside those of its plan', () => {
    const read = readConfig(`raise: {when: "daily 09:00-17:00 UTC"}\nplan: plan.yaml\n`, 'graydeck.yaml');
    expect(read.ok && read.config.raise).toMatchObject([{text: 'daily 09:00-17:00 UTC'}]);
    expect(read.ok && read.config.plan).toEqual({kind: 'file', path: 'plan.yaml'});
  });
});

test('approval is 1 or 2, of a plan or a phase', () => {
  const read = readPlan(
    'approval: 2\nphases: [{name: a, percent: 5, approval: 2}, {name: b, percent: 100}]\n',
    'p.yaml',
  );
  expect(read.ok && [read.plan.approval, read.plan.phases.map(({approval}) => approval)]).toEqual([
    2,
    [2, undefined],
  ]);
  expect(mistakes('approval: 3')).toEqual(['2: a raise needs the yes of one person or of two']);
});

test('a gate says when it reminds and when it gives up', () => {
  const read = readPlan(
    'phases: [{name: a, percent: 5, confirm: {run: [./gate], remind: 10m, deadline: 4h}}, {name: b, percent: 100}]\n',
    'p.yaml',
  );
  expect(read.ok && read.plan.phases[0]?.confirm).toMatchObject({
    argv: ['./gate'],
    remindMs: 600_000,
    deadlineMs: 14_400_000,
  });
});

describe('programs that a host may run', () => {
  test('are listed in its configuration, alone or beside the hooks of a plan', () => {
    const alone = readConfig('hooks: {allow: [/opt/deploy/*]}\nplan: plan.yaml\n', 'graydeck.yaml');
    expect(alone.ok && [alone.config.allow, alone.config.plan]).toEqual([
      ['/opt/deploy/*'],
      {kind: 'file', path: 'plan.yaml'},
    ]);
    const both = readConfig(`hooks: {allow: [/srv/go], deploy: [/srv/go]}\n${PHASES}\n`, 'graydeck.yaml');
    expect(both.ok && both.config.allow).toEqual(['/srv/go']);
    expect(both.ok && both.config.plan).toMatchObject({
      kind: 'inline',
      plan: {hooks: {deploy: {argv: ['/srv/go']}}},
    });
  });

  test('are whole paths', () => {
    const read = readConfig('hooks: {allow: [deploy.sh]}\n', 'graydeck.yaml');
    expect(read.ok ? [] : read.mistakes.map(({message}) => message)).toEqual([
      'this is no whole path of a program',
    ]);
  });
});
