import {describe, expect, it} from 'vitest';
import {stage} from './stage.tsx';

const SOON = {interval: 10};

/** What the screen must say of each verdict, whatever the size: the headline or the verdict's first rows. */
const SAID: readonly [scene: string, why: string, ...said: RegExp[]][] = [
  [
    'calm',
    'nothing is wrong, and how long it still takes',
    /HOLD/,
    /nothing speaks against gray/,
    /beta has 47:4\d:\d\d of 48:00:00 left/,
  ],
  [
    'advance',
    'where it goes on to',
    /✔ ADVANCE {2}guard on ops-1 acts on it/,
    /beta has run 1[12]:\d\d, its 2 criteria hold {3}next is gamma, 50 %/,
  ],
  [
    'rollback',
    'value, limit, how long it held, and of how many requests',
    /✖ ROLLBACK/,
    /✖ GRAY error rate 8\.\d+ % > 5 % {3}━+┃ for 2:00 of 2:00 {3}→ rollback {3}prod 0\.\d+ %/,
  ],
  ['nobody-acts', 'that nobody acts on it', /✖ ROLLBACK +▲ not acted on: no guard/, /r then y takes it back/],
  [
    'evidence',
    'how sure it is and against what',
    /✖ ROLLBACK {3}this console acts on it/,
    /✖ evidence ━+┃ chance 1 in .+ \(acts at 1 in 100\) {3}error rate: gray is worse/,
    /\d\.\d+ %, prod 0\.\d+ % {3}since \d\d:\d\d:\d\d {3}by requests: no person is known/,
  ],
  [
    'evidence-slow',
    'how many requests are slower than what',
    /✖ ROLLBACK/,
    /response times: gray is worse/,
    /\d+\.?\d* % slower than \d+\.?\d* ms, prod \d+\.?\d* % {3}since/,
  ],
  [
    'pause',
    'the limit that moves with prod',
    /▲ PAUSE/,
    /✖ GRAY p95 \d+ ms > 2x prod \(\d+ ms\)/,
    /✖ GRAY p95 \d+ ms, limit \d+ ms/,
  ],
  [
    'holds',
    'how far it is from acting',
    /▲ HOLD/,
    /▲ GRAY error rate 8\.\d+ % > 5 % {3}━╸?─+┃ for 0:4\d of 5:00 {3}→ rollback/,
  ],
  [
    'overruled',
    'that a person went on, and what still breaks its limit',
    /▲ HOLD/,
    /▲ GRAY error rate 8\.\d+ % > 5 % {3}resumed all the same, not raised until it is well/,
  ],
  [
    'both-sides',
    'that taking gray back would not help',
    /✖ BOTH SIDES error rate: gray 8\.\d+ %, prod 7\.\d+ %\. Taking gray back would not help/,
  ],
  [
    'ratio',
    'what gray gets, what is set, and what would be chance',
    /▲ GRAY gets 3\d\.\d % of the eligible requests, 20 % is set {3}\d+\.\d % to \d+\.\d % would be chance/,
  ],
  ['no-data', 'which side is silent, and for how long', /▲ HOLD/, /▲ GRAY has been silent for 1:1\d/],
  ['not-applied', 'that routers lag', /▲ not every router has confirmed 20 %/],
  [
    'criterion',
    'what the next phase wants and what gray has',
    /▲ next phase wants conversion improvement > 1 pt, GRAY 0\.\d+ pt/,
  ],
  [
    'undecided',
    'how long it still takes at this traffic',
    /… next phase wants conversion improvement > 1 pt {3}about \d+ min more {3}\d\d \d{3} of 60 000 requests {3}at this traffic/,
  ],
  [
    'forecast',
    'how far evidence has come',
    /▲ evidence ━+╸?─+┃ chance 1 in \d+ \(acts at 1 in 100\) {3}error rate: gray is worse/,
  ],
  [
    'unmeasured',
    'which metric, since when and why',
    /\? cpu cannot be measured for 1:1\d: prometheus at 127\.0\.0\.1:9090 does not answer/,
    /\? cpu > 80 % cannot be measured/,
  ],
  ['silent-guard', 'that the guard is gone', /▲ not acted on: guard on ops-1 is silent/],
  ['last-phase', 'that a person completes it', /… the last phase: C completes it/],
];

describe('the verdict', () => {
  it.each(SAID)('%s: says %s', async (scene, _, ...said) => {
    using deck = await stage(`verdict-${scene}`);
    for (const words of said) await expect.poll(deck.screen, SOON).toMatch(words);
  });

  it('stays, once gray is taken back: why it was', async () => {
    using deck = await stage('verdict-rolled-back', {}, {columns: 80, rows: 24});
    await expect.poll(deck.screen, SOON).toMatch(/error rate +gray \d\.\d+ % +prod 0\.\d+ %/);
  });

  it('has its limit in the row of the metric where there is room', async () => {
    using deck = await stage('verdict-rollback', {}, {columns: 200, rows: 50});
    await expect.poll(deck.screen, SOON).toMatch(/error rate +8\.\d+ % .* ✖ \d+\.\dx worse +limit 5 %/);
  });

  it('at 80x24 what is wrong comes before rows of metrics', async () => {
    using deck = await stage('verdict-rollback', {}, {columns: 80, rows: 24});
    await expect.poll(deck.screen, SOON).toMatch(/✖ ROLLBACK/);
    expect(deck.screen()).toMatch(/✖ GRAY error rate 8\.\d+ % > 5 % {3}━+┃ for 2:00 of 2:00/);
    expect(deck.screen()).toMatch(/next phase wants/);
  });

  it('in Chinese no word of it is English', async () => {
    for (const scene of ['rollback', 'evidence-slow', 'undecided', 'unmeasured', 'both-sides', 'overruled']) {
      using deck = await stage(`verdict-${scene}`, {lang: 'zh'});
      await expect.poll(deck.screen, SOON).toMatch('判定');
      const rows = deck.rows();
      const top = rows.findIndex(row => row.includes('判定'));
      const panel = rows
        .slice(top + 1, top + 5)
        .join('\n')
        .replaceAll(/beta|CPU|p95|ms|guard on ops-1/gu, '');
      expect(panel).not.toMatch(/[A-Za-z]{3}/u);
    }
  });

  it('that is old says so: the store is away', async () => {
    using deck = await stage('verdict-calm', {}, undefined, (deck, world) => {
      world.health = {state: 'away', why: 'gone', sinceMs: 9000};
      return deck;
    });
    await expect.poll(deck.screen, SOON).toMatch(/judged 0:0\d ago/);
  });
});
