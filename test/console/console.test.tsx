import {describe, expect, it} from 'vitest';
import type {Intent} from '../../source/release/command.ts';
import {stage} from './stage.tsx';
import {eventually} from '../patience.ts';

/** How long the screen may take to say it, and how often it is looked at. */
const SOON = {interval: 10};

const stateOf = (world: {
  controller: {snapshot(): {state: {release: {state: string; percent: number} | null}}};
}) => world.controller.snapshot().state.release;

describe('at a glance', () => {
  it('a gray that fails is named with its metric, against prod, since when, and the key that takes it back', async () => {
    using deck = await stage('verdict-rollback');
    await expect
      .poll(deck.screen, SOON)
      .toMatch(/✖ GRAY error rate [\d.]+ %, limit 5 %, prod 0\.\d+ %, for \d:\d\d since \d\d:\d\d:\d\d/);
    expect(deck.screen()).toContain('r then y takes it back');
  });

  it('headline, panel, verdict and log have one number, and one moment since when', async () => {
    using deck = await stage('verdict-rollback');
    await expect.poll(deck.screen, SOON).toMatch(/VERDICT {3}✖ ROLLBACK .* since \d\d:\d\d:\d\d/);
    const screen = deck.screen();
    const [, value, since] = /GRAY error rate ([\d.]+ %), limit .* since (\d\d:\d\d:\d\d)/.exec(screen) ?? [];
    expect(screen).toMatch(new RegExp(`error rate +[\\d.]+ % .*error rate +${value} .*worse`));
    expect(screen).toContain(`GRAY error rate ${value} > 5 %`);
    expect(screen).toMatch(new RegExp(`VERDICT.* since ${since} `));
    expect(screen).toMatch(new RegExp(`${since} +✖ verdict rollback: gray error rate ${value}`));
  });

  it('a gray that is well says so and nothing else', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch(/✔ gray looks like prod in all \d metrics compared/u);
    expect(deck.screen()).not.toContain('✖');
  });

  it('set, applied and seen percent stand together, and say where they differ', async () => {
    using deck = await stage('disagree');
    await expect.poll(deck.screen, SOON).toMatch(/20 % set ·\s+≠ 5–20 % applied\s+· \d+\.\d % seen/);
    expect(deck.screen()).toContain('1 router not at the set percent yet: sdk web-2/455');
  });

  it('without a guard it says that nobody judges, and which limits nobody watches', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('VERDICT  not judged');
    expect(deck.screen()).toMatch(/unwatched limits:\s+error_rate > 5 % → rollback/);
  });

  it('a guard that judged is shown with its verdict and its reasons', async () => {
    using deck = await stage('guarded');
    await expect.poll(deck.screen, SOON).toMatch('ROLLBACK');
    expect(deck.screen()).toMatch(/✖ error rate 7\.40 % > 5 % for 0:41 of 5:00\s+1 204 requests\s+over 5:00/);
  });

  it('without a release it says what to type to begin one', async () => {
    using deck = await stage('idle');
    await expect.poll(deck.screen, SOON).toMatch('graydeck start VERSION --feature new_payment');
    expect(deck.screen()).toContain('IDLE');
  });

  it('what is not known is a dash, never a zero', async () => {
    using deck = await stage('no-gray');
    await expect.poll(deck.screen, SOON).toMatch('no sample from gray: nothing is known about it');
    const row = deck.rows().find(text => text.includes('error rate')) ?? '';
    expect(row).toMatch(/\d %.*││.*error rate\s+—/);
  });

  it('a gray gone silent is dimmed with its age and what stood out last', async () => {
    using deck = await stage('stale');
    await expect.poll(deck.screen, SOON).toMatch(/▲ last data \d+ s ago/);
    expect(deck.screen()).toMatch(
      /gray is quiet: its last sample came \d+ s ago, and then stood out: error rate/,
    );
  });

  it('a store that is away is loud, with its age and what still works', async () => {
    using deck = await stage('store-away');
    await expect.poll(deck.screen, SOON).toMatch(/✖ store away for 0:\d\d/);
    expect(deck.screen()).toContain('graydeck rollback --offline: prod, host by host');
    expect(deck.screen()).toMatch(/✖ redis away 0:\d\d/);
  });

  it('a log of a newer Graydeck leaves only rollback', async () => {
    using deck = await stage('newer');
    await expect.poll(deck.screen, SOON).toMatch('only rollback is possible from here');
    deck.press('p');
    await expect.poll(deck.screen, SOON).toMatch('p: a newer Graydeck wrote this log');
    expect(deck.rows().at(-1)).toMatch(/r roll back/);
  });
});

describe('rolling back', () => {
  it('r asks with before and after, y does it', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('r');
    await expect.poll(deck.screen, SOON).toMatch(/gray v1\.1\.0:\s+20 % → 0 %, for everyone, now/);
    expect(stateOf(deck.world)?.state).toBe('rolling');
    deck.press('y');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING BACK');
    expect(stateOf(deck.world)?.state).toBe('rolling_back');
    await expect.poll(deck.screen, SOON).toMatch('prod for everyone is written');
  });

  it('Enter does not confirm, Escape leaves it as it is', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('r', 'Enter');
    await expect.poll(deck.screen, SOON).toMatch('y does it, Esc leaves it');
    deck.press('Escape');
    await expect.poll(deck.screen, SOON).toMatch('left as it is');
    expect(stateOf(deck.world)?.state).toBe('rolling');
  });

  it('r and y typed in one go roll back once', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.type('ry');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING BACK');
    deck.press('r');
    await expect.poll(deck.screen, SOON).toMatch('r: it is rolling back already');
    expect(
      deck.world.log.commits.filter(({events}) => events.some(({type}) => type === 'rollback-started')),
    ).toHaveLength(1);
  });

  it('afterwards it tells how fast, who confirmed, and what still reached gray', async () => {
    using deck = await stage('rolled-back');
    await expect
      .poll(deck.screen, SOON)
      .toMatch(
        'prod for everyone in 0.21 s, 3 of 3 routers confirmed, 41 requests reached gray after the key',
      );
  });

  it('a silent router is named with its bound and never counted as confirmed', async () => {
    using deck = await stage('rolled-back-silent');
    await expect.poll(deck.screen, SOON).toMatch('prod at 2 of 3 routers in 15.0 s');
    expect(deck.screen()).toMatch(/1 router silent \(nginx edge-1\): at prod by itself in at most \d+ s/);
    expect(deck.screen()).not.toContain('prod for everyone in');
  });

  it('an edge that is kept from following says why, in the words of the screen', async () => {
    using deck = await stage('rolled-back');
    deck.world.routers = deck.world.routers.map(router =>
      router.name === 'nginx edge-1' ? {...router, trouble: 'site-broken: unknown directive "x"'} : router,
    );
    deck.world.changed();
    await expect
      .poll(deck.screen, SOON)
      .toMatch(/edge-1: nginx refuses the configuration of the site: unknown directive/);
  });

  it('a router that confirms is on the screen at once', async () => {
    using deck = await stage('rolling-back');
    await expect.poll(deck.screen, SOON).toMatch('1 of 3 routers confirmed so far');
    deck.world.routers = deck.world.routers.map(router => ({
      ...router,
      live: false,
      percent: 0,
      version: 99,
    }));
    deck.world.changed();
    await expect.poll(deck.screen, SOON).toMatch('3 of 3 routers confirmed so far');
  });

  it('when the store is away it says so in red and names the way out', async () => {
    using deck = await stage('store-away');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('r', 'y');
    await expect
      .poll(deck.screen, SOON)
      .toMatch(
        'NOT ROLLED BACK: the store at 127.0.0.1:6379 does not answer. graydeck rollback --offline: prod, host by host',
      );
  });
});

describe('moving the percentage', () => {
  it('a raise shows before, after and who is affected, and waits for y', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('+');
    await expect.poll(deck.screen, SOON).toMatch(/20 % {2}→ {2}30 %/);
    expect(deck.screen()).toMatch(/gray requests about \d+\.\d \/s → \d+\.\d \/s/);
    expect(deck.screen()).toContain('no guard watches it');
    deck.press('Enter');
    expect(stateOf(deck.world)?.percent).toBe(20);
    deck.press('y');
    await expect.poll(deck.screen, SOON).toMatch('set: 20 % → 30 %');
    await expect.poll(deck.screen, SOON).toMatch('30 % set');
  });

  it('a step down goes at once', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('-');
    await expect.poll(deck.screen, SOON).toMatch('set: 20 % → 10 %');
  });

  it('g takes a number, asks y for more, takes less at once, and refuses what is none', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('g');
    await expect.poll(deck.screen, SOON).toMatch('SET PERCENT');
    deck.type('abc\r');
    await expect.poll(deck.screen, SOON).toMatch('a number from 0 to 100 with at most two decimals');
    deck.press('Escape');
    await expect.poll(deck.screen, SOON).toMatch('left as it is');
    deck.type('g12.5\r');
    await expect.poll(deck.screen, SOON).toMatch('set: 20 % → 12.5 %');
    // The next question is about what stands on the screen.
    await expect.poll(deck.screen, SOON).toMatch('12.5 % set');
    deck.type('g33\r');
    await expect.poll(deck.screen, SOON).toMatch(/12\.5 % {2}→ {2}33 %/);
    deck.press('y');
    await expect.poll(deck.screen, SOON).toMatch('set: 12.5 % → 33 %');
  });

  it('100 percent wants the version typed', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.type('g100\r');
    await expect.poll(deck.screen, SOON).toMatch('Type v1.1.0 to go on');
    deck.type('v1.0.9\r');
    await expect.poll(deck.screen, SOON).toMatch('that is not the version');
    expect(stateOf(deck.world)?.percent).toBe(20);
  });

  it('somebody who was first is named with what is set by now', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('+');
    await expect.poll(deck.screen, SOON).toMatch(/20 % {2}→ {2}30 %/);
    await deck.world.act({type: 'set', release: 'r-7', percent: 25}, {name: 'wang on ops-2', kind: 'person'});
    deck.press('y');
    await expect.poll(deck.screen, SOON).toMatch('wang on ops-2 was first: 25 % already');
    expect(stateOf(deck.world)?.percent).toBe(25);
  });

  it('n goes on to the next phase after y, and warns that its gate is not due', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('n');
    await expect.poll(deck.screen, SOON).toMatch(/beta 20 % {2}→ {2}gamma 50 %/);
    expect(deck.screen()).toMatch(/the phase ends only in \d+:\d\d:\d\d/);
    deck.press('y');
    await expect.poll(deck.screen, SOON).toMatch('phase gamma, 50 %');
  });

  it('p pauses at once, a raise then says what resumes it, P resumes', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('p');
    await expect.poll(deck.screen, SOON).toMatch('‖ PAUSED');
    deck.press('+');
    await expect.poll(deck.screen, SOON).toMatch('+: it is paused: P resumes it first');
    deck.press('P');
    await expect.poll(deck.screen, SOON).toMatch('● ROLLING');
  });

  it('C completes only with the version typed', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('C');
    await expect.poll(deck.screen, SOON).toMatch('v1.1.0 becomes prod for everyone.');
    deck.type('v1.1.0');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('PROMOTING');
  });

  it('R tries a failed step again', async () => {
    using deck = await stage('failed');
    await expect.poll(deck.screen, SOON).toMatch('R retries');
    deck.press('R');
    await expect.poll(deck.screen, SOON).toMatch('the step is tried again');
  });
});

describe('alerts', () => {
  it('a fires one: level from a list, then words', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('a');
    await expect.poll(deck.screen, SOON).toMatch('FIRE AN ALERT');
    deck.press('Down');
    await expect.poll(deck.screen, SOON).toMatch('❯ ✖ critical');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch(/level\s+✖ critical/);
    deck.type('支付 is slow');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('critical alert fired');
    await expect.poll(deck.screen, SOON).toMatch('✖ CRITICAL 支付 is slow');
  });

  it('A acknowledges the newest and names it, and then there is none', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch('1 not acknowledged');
    deck.press('A');
    await expect.poll(deck.screen, SOON).toMatch('› acknowledged: gray error rate 7.5 % above 5 %');
    await expect.poll(deck.screen, SOON).not.toMatch('1 not acknowledged');
    deck.press('A');
    await expect.poll(deck.screen, SOON).toMatch('A: there is no alert to acknowledge');
  });

  it('text from outside cannot draw on the screen', async () => {
    using deck = await stage('hostile');
    await expect.poll(deck.screen, SOON).toMatch(/CRITICAL evil\s+txet\s+end/);
    expect(deck.screen()).not.toContain('\u202E');
    expect(deck.screen()).not.toContain('owned');
  });
});

describe('what users did', () => {
  it('stands on both sides as a part of the requests: what they used, and the errors by their kind', async () => {
    using deck = await stage('metrics');
    await expect.poll(deck.screen, SOON).toMatch(/use of export +[\d.]+ %.*use of export +[\d.]+ %/);
    const row = deck.rows().find(one => one.includes('TypeError:no'));
    expect(row).toMatch(/TypeError:no-.* [\d.]+ %.*TypeError:no-.* [\d.]+ %/);
  });
});

describe('feedback', () => {
  it('f takes it: what it is, how good, and in words, on the phase and version that run', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('f');
    await expect.poll(deck.screen, SOON).toMatch(/FEEDBACK/);
    expect(deck.screen()).toMatch(/about\s+beta\s+v1\.1\.0/);
    deck.press('Down');
    await expect.poll(deck.screen, SOON).toMatch('❯ s  a suggestion');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('❯ 5  very good');
    deck.press('2');
    await expect.poll(deck.screen, SOON).toMatch(/how good it was\s+2 {2}bad/);
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('feedback needs words');
    deck.type('支付 <b>too</b> far down');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('feedback written down');
    expect(deck.screen()).not.toContain('FEEDBACK ─');
    expect(deck.world.given).toEqual([
      {
        type: 'suggestion',
        rating: 2,
        message: '支付 <b>too</b> far down',
        phase: 'beta',
        version: 'v1.1.0',
        user: null,
      },
    ]);
  });

  it('a fast hand gives it in one go, and Escape goes back a step without losing the words', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.type('fb1the amount is empty');
    await expect.poll(deck.screen, SOON).toMatch('› the amount is empty');
    deck.press('Escape');
    await expect.poll(deck.screen, SOON).toMatch('❯ 1  very bad');
    expect(deck.screen()).not.toContain('the amount');
    deck.press('3');
    await expect.poll(deck.screen, SOON).toMatch('› the amount is empty');
    deck.press('Enter');
    await expect.poll(() => deck.world.given, SOON).toMatchObject([{type: 'bug', rating: 3}]);
  });

  it('that cannot be written says why, and keeps the words', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    const write = deck.world.giveFeedback;
    deck.world.giveFeedback = () => Promise.reject(new Error('the store is away'));
    deck.type('fp4fast enough');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('✖ the store is away');
    deck.world.giveFeedback = write;
    deck.press('Enter');
    await expect.poll(() => deck.world.given, SOON).toMatchObject([{message: 'fast enough'}]);
  });

  it('is taken in Chinese', async () => {
    using deck = await stage('quiet', {lang: 'zh'});
    deck.press('f');
    await expect.poll(deck.screen, SOON).toMatch(/用户反馈/);
    expect(deck.screen()).toMatch(/关于\s+beta\s+v1\.1\.0/);
    expect(deck.screen()).toContain('故障报告');
  });
});

describe('keys', () => {
  it('Escape never quits, whatever is open', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    for (const key of ['', 'r', '+', 'g', 'C', 'a', '?', ':', '/', 'Enter']) {
      if (key !== '') deck.press(key);
      deck.press('Escape');
      await expect
        .poll(deck.screen, SOON)
        .not.toMatch(/FIRE AN ALERT|SET PERCENT|COMPLETE|KEYS|ACTIONS|FILTER|ROLL BACK|RAISE/);
    }
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
  });

  it('a refused key is answered below and does not push events out of the log', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('P');
    await expect.poll(deck.screen, SOON).toMatch('› P: it is not paused');
    expect(deck.screen().split('it is not paused')).toHaveLength(2);
  });

  it('keys that cannot go back in time say so, keys that mean nothing point to help', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('t');
    await expect.poll(deck.screen, SOON).toMatch('t: nothing was kept of the past here');
    deck.press('Z');
    await expect.poll(deck.screen, SOON).toMatch('Z does nothing here: ? shows the keys');
  });

  it('? lists every key with what it does, and its key says why it does nothing now', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('?');
    await expect.poll(deck.screen, SOON).toMatch(/r y +roll back/);
    expect(deck.screen()).toMatch(/P +resume/);
    deck.press('?');
    await expect.poll(deck.screen, SOON).not.toMatch(/r y +roll back/);
    deck.press('P');
    await expect.poll(deck.screen, SOON).toContain('it is not paused');
  });

  it(': finds an action by its name and runs it', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press(':');
    await expect.poll(deck.screen, SOON).toMatch('ACTIONS');
    deck.type('pause');
    await expect.poll(deck.screen, SOON).toMatch(/› p\s+pause/);
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('‖ PAUSED');
  });

  it('/ filters the metrics, Escape clears it', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('availability');
    deck.press('/');
    await expect.poll(deck.screen, SOON).toMatch('FILTER metrics');
    deck.type('p9');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).not.toMatch('availability');
    await expect.poll(deck.screen, SOON).toMatch('p95');
    deck.press('Escape');
    await expect.poll(deck.screen, SOON).toMatch('availability');
  });

  it('an open chart shows the values at a cursor, another metric, and another part of the release', async () => {
    using deck = await stage('verdict-rollback');
    deck.press('Enter', 'w', 'w', 'w', 'w', 'w', 'w');
    await expect.poll(deck.screen, SOON).toMatch(/╭ ERROR RATE {2}15 min, /u);
    deck.press('Left', 'Left');
    await expect.poll(deck.screen, SOON).toMatch(/at \d\d:\d\d:\d\d {3}━ PROD [\d.]+ % {3}━ GRAY [\d.]+ %/u);
    deck.press(']');
    await expect.poll(deck.screen, SOON).toMatch(/╭ P50 .*━ GRAY [\d.]+ ms/u);
    deck.press('[', 'Escape', 'w', ',');
    await expect.poll(deck.screen, SOON).toMatch(/╭ ERROR RATE {2}5 min, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d/u);
    expect(deck.screen()).not.toMatch(/at \d\d:\d\d:\d\d {3}━/u);
    deck.press('W', 'W', 'W', 'W', 'W', 'W', 'W', ',');
    await expect.poll(deck.screen, SOON).toContain('the whole release is shown');
    expect(deck.screen()).toContain('r roll back');
  });

  it('Enter shows the chart of the picked metric, arrows pick another, Enter closes it', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch('ERROR RATE');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).not.toMatch('active users');
    expect(deck.screen()).toMatch(/━ PROD .*━ GRAY .*rollback above 5 %/);
    deck.press('Down');
    await expect.poll(deck.screen, SOON).toMatch('P50');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('active users');
  });

  it('thirty keys in one go are thirty keys', async () => {
    using deck = await stage('quiet', {}, {columns: 100, rows: 24});
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('Tab');
    deck.type('jjjjjkkkkkjjjjjkkkkkjjjjjkkkkj');
    await eventually(() => expect(deck.rows().findIndex(row => /› *\d\d/.test(row))).toBeGreaterThan(0));
    const picked = deck.rows().findIndex(row => /│ ›\s*[\d-]/.test(row));
    const first = deck.rows().findIndex(row => row.includes('LOG')) + 1;
    // The third row is picked, in the middle of three: the rows scrolled up to the second.
    expect(picked - first).toBe(1);
  });

  it('pasted text is not taken as keys', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.paste('ry');
    await expect.poll(deck.screen, SOON).toMatch('pasted text is not taken as keys');
    expect(stateOf(deck.world)?.state).toBe('rolling');
  });

  it('an extra key of the demo runs and tells what it did', async () => {
    const extra = {key: 'x', label: 'make gray fail', run: () => 'gray fails from now on'};
    using deck = await stage('quiet', {demo: true}, undefined, deck => ({...deck, extras: [extra]}));
    await expect.poll(deck.screen, SOON).toMatch('DEMO');
    expect(deck.rows().at(-1)).toContain('x make gray fail');
    deck.press('x');
    await expect.poll(deck.screen, SOON).toMatch('gray fails from now on');
  });
});

describe('modes', () => {
  it('reading only: no key that changes anything is listed, and pressing one says why', async () => {
    const executed: Intent[] = [];
    using deck = await stage('failing', {readOnly: true});
    await expect.poll(deck.screen, SOON).toMatch('READ-ONLY');
    expect(deck.rows().at(-1)).not.toMatch(/roll back|pause|alert/);
    for (const key of ['r', '+', '-', 'g', 'n', 'p', 'P', 'R', 'C', 'a', 'A', 'f']) {
      deck.press(key);
      await expect.poll(deck.screen, SOON).toMatch(`${key}: this console only reads`);
    }
    expect(executed).toEqual([]);
    deck.press('?');
    await expect.poll(deck.screen, SOON).toMatch('KEYS');
    expect(deck.screen()).not.toMatch(/ACT +LOOK|r y/);
    expect(deck.screen()).not.toContain('takes it back');
  });

  it('on a shared screen nobody and nothing said is named', async () => {
    using deck = await stage('failing', {share: true});
    await expect.poll(deck.screen, SOON).toMatch('SHARED');
    for (const secret of ['liu', 'laptop', 'user report', 'web-1', '127.0.0.1']) {
      expect(deck.screen()).not.toContain(secret);
    }
  });

  it('a panel that breaks leaves one row, and r y still rolls back', async () => {
    using deck = await stage('failing', {}, undefined, (deck, world) => ({
      ...deck,
      monitor: {...world.monitor({routers: () => [null as never]}), series: () => []},
    }));
    await expect.poll(deck.screen, SOON).toMatch(/✖ (header|state|headline) cannot be shown/);
    deck.press('r', 'y');
    await eventually(() => expect(stateOf(deck.world)?.state).toBe('rolling_back'));
  });

  it('without a single number that can be read, r y still rolls back', async () => {
    const broken = (): never => {
      throw new Error('ring out of range');
    };
    const windows = {
      numbers: broken,
      series: broken,
      observedPercent: broken,
      newestAt: broken,
      otherNames: broken,
    };
    using deck = await stage('failing', {}, undefined, (deck, world) => ({
      ...deck,
      monitor: world.monitor({samples: windows, windows}),
    }));
    await expect.poll(deck.screen, SOON).toMatch(/error rate\s+—/);
    deck.press('r', 'y');
    await eventually(() => expect(stateOf(deck.world)?.state).toBe('rolling_back'));
  });

  it('too small a window says what it has and what it needs, and goes on when enlarged', async () => {
    using deck = await stage('quiet', {}, {columns: 50, rows: 12});
    await expect.poll(deck.screen, SOON).toMatch('This window is 50x12; the console needs 60x16');
    deck.resize(80, 24);
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
  });
});

describe('turning to another feature', () => {
  it('] opens the next one, and what it does there it does there', async () => {
    const other = await stage('idle');
    using first = await stage('quiet', {}, undefined, deck => ({
      ...deck,
      features: async () => ['new_payment', 'search'],
      open: async () => ({
        ...other.deck,
        monitor: other.world.monitor({feature: 'search'}),
        features: async () => ['new_payment', 'search'],
      }),
    }));
    other.close();
    await expect.poll(first.screen, SOON).toMatch('new_payment 1/2');
    first.press(']');
    await expect.poll(first.screen, SOON).toMatch('search 2/2');
    await expect.poll(first.screen, SOON).toMatch('IDLE');
  });
});
