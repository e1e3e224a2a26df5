import {describe, expect, it} from 'vitest';
import {OPEN, MASKED} from '../../source/console/present/clean.ts';
import {logRows} from '../../source/console/present/log/rows.ts';
import {firstShown} from '../../source/console/present/log/scroll.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {stage, type Stage} from './stage.tsx';
import type {World} from './programs/world.ts';

const SOON = {interval: 10};
const T = messagesOf('en');

/** A log of many rows: notes of a person, the first one an alert that waits. */
async function manyRows(world: World, rows: number): Promise<void> {
  await world.act({type: 'alert', alert: 'old', level: 'critical', message: 'the oldest alert of all'});
  for (let index = 0; index < rows; index++)
    await world.act({type: 'set', release: 'r-7', percent: 20 - (index % 2), from: 20 - ((index + 1) % 2)});
  world.changed();
}

function logOfWorld({controller}: World) {
  return {snapshot: controller.snapshot(), commits: controller.commits()};
}

/** The rows of the log on the screen, without its frame. */
function logOf(deck: Stage): string[] {
  const rows = deck.rows();
  const top = rows.findIndex(row => /^╭.LOG/u.test(row));
  return rows.slice(
    top + 1,
    rows.findIndex((row, index) => index > top && row.startsWith('╰')),
  );
}

describe('rows of the log', () => {
  it('begin with the alerts that wait for a person, the critical ones first, wherever they were raised', async () => {
    using deck = await stage('quiet');
    await manyRows(deck.world, 500);
    await deck.world.act({type: 'alert', alert: 'w', level: 'warning', message: 'a warning'});
    const rows = logRows({...logOfWorld(deck.world), t: T, clean: OPEN});
    expect(rows.slice(0, 3).map(({text, isPinned}) => [text, isPinned])).toEqual([
      ['CRITICAL the oldest alert of all', true],
      ['WARNING a warning', true],
      [expect.stringMatching(/ → /u), false],
    ]);
    expect(new Set(rows.map(({id}) => id)).size).toBe(rows.length);
    await deck.world.act({type: 'acknowledge', alert: 'w'});
    const after = logRows({...logOfWorld(deck.world), t: T, clean: OPEN});
    expect(after.find(({id}) => id === 'alert w')).toMatchObject({isPinned: false});
  });

  it('tell feedback, its words masked on a shared screen', async () => {
    using deck = await stage('quiet');
    const feedback = [
      {at: 1, type: 'bug', rating: 2, message: 'pay hangs', phase: null, version: null, user: 'u-7'} as const,
    ];
    const texts = [OPEN, MASKED].map(clean => {
      const row = logRows({...logOfWorld(deck.world), t: T, clean}, {feedback}).at(-1);
      return `${row?.text} ${row?.who}`;
    });
    expect(texts).toEqual(['feedback, a bug, 2 of 5: pay hangs u-7', 'feedback, a bug, 2 of 5: ••• •••']);
  });
});

it('rows stand still while new ones arrive above, and the picked one stays in sight', () => {
  const ids = ['d', 'c', 'b', 'a'];
  expect(firstShown(ids, null, -1, 2)).toBe(0);
  expect(firstShown(ids, 'c', -1, 2)).toBe(1);
  expect(firstShown(['e', ...ids], 'c', -1, 2)).toBe(2);
  expect(firstShown(ids, null, 3, 2)).toBe(2);
  expect(firstShown(ids, 'b', 0, 2)).toBe(0);
  expect(firstShown(ids, 'gone', -1, 2)).toBe(0);
  expect(firstShown([], null, -1, 2)).toBe(0);
});

describe('the panel', () => {
  it('pages with PgDn and PgUp, and goes to its ends', async () => {
    using deck = await stage('quiet');
    await manyRows(deck.world, 60);
    await expect.poll(deck.screen, SOON).toMatch('oldest alert of all');
    deck.press('PageDown');
    await expect.poll(deck.screen, SOON).toMatch(/▸LOG/u);
    await expect.poll(() => logOf(deck)[0], SOON).not.toMatch('oldest alert');
    deck.press('End');
    await expect.poll(() => logOf(deck).at(-1), SOON).toMatch(/›.*started v1\.1\.0/u);
    deck.press('PageUp');
    await expect.poll(() => logOf(deck).at(-1), SOON).not.toMatch('started v1.1.0');
    deck.press('Home');
    await expect.poll(() => logOf(deck)[0], SOON).toMatch(/›.*oldest alert of all/u);
  });

  it('has all rows that there is room for while it has the keyboard, and the whole screen with z', async () => {
    using deck = await stage('quiet');
    await manyRows(deck.world, 60);
    const before = logOf(deck).length;
    deck.press('Tab');
    await expect.poll(() => logOf(deck).length, SOON).toBeGreaterThanOrEqual(before + 8);
    deck.press('z');
    await expect.poll(() => logOf(deck).length, SOON).toBe(30);
    expect(deck.screen()).not.toMatch(/VERDICT|error rate  /u);
    deck.press('Escape');
    await expect.poll(deck.screen, SOON).toMatch('VERDICT');
  });

  it('A asks by name when the alert is out of sight', async () => {
    using deck = await stage('quiet');
    await manyRows(deck.world, 60);
    await expect.poll(() => logOf(deck)[0], SOON).toMatch('oldest alert');
    deck.press('End');
    await expect.poll(() => logOf(deck).length, SOON).toBeGreaterThan(8);
    await expect.poll(() => logOf(deck)[0], SOON).not.toMatch('oldest alert');
    deck.press('A');
    await expect.poll(deck.screen, SOON).toMatch(/ACKNOWLEDGE ─/u);
    expect(deck.screen()).toMatch('✖ critical  the oldest alert of all');
    deck.press('Escape');
    await expect.poll(deck.screen, SOON).not.toMatch(/ACKNOWLEDGE ─/u);
    deck.press('A', 'y');
    await expect.poll(deck.screen, SOON).toMatch('› acknowledged: the oldest alert of all');
  });

  it('Enter opens an entry: who, when, and what the judge went by', async () => {
    using deck = await stage('guarded');
    deck.press('Tab', '/', 'v', 'e', 'r', 'd', 'i', 'c', 't', 'Enter', 'Enter');
    await expect.poll(deck.screen, SOON).toMatch(/ENTRY ─/u);
    expect(deck.screen()).toMatch(/by\s+guard on ops-1/u);
    expect(deck.screen()).toMatch(
      /judged\s+error rate 7\.40 % > 5 % for 0:41 of 5:00\s+1 204 requests\s+over 5:00/u,
    );
    expect(deck.screen()).toMatch('chance 1 in 13,000');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).not.toMatch(/ENTRY ─/u);
  });

  it('an entry that is longer than the screen scrolls to its end and not beyond', async () => {
    using deck = await stage('failed', {}, {columns: 80, rows: 24}, deck => ({
      ...deck,
      lastWords: async (release, step) => [
        {
          release,
          step,
          attempt: 1,
          at: 0,
          result: null,
          text: Array.from({length: 60}, (_, line) => `line ${line}`).join('\n'),
        },
      ],
    }));
    deck.press('Tab', '/', 'f', 'a', 'i', 'l', 'e', 'd', 'Enter', 'Enter');
    await expect.poll(deck.screen, SOON).toMatch('line 3');
    expect(deck.screen()).not.toMatch('line 59');
    deck.press('End');
    await expect.poll(deck.screen, SOON).toMatch('line 59');
    deck.press('Down', 'Down', 'Up');
    await expect.poll(deck.screen, SOON).not.toMatch('line 59');
  });
});
