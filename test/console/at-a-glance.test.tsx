import {describe, expect, it} from 'vitest';
import type {Reason} from '../../source/release/state.ts';
import {stage} from './stage.tsx';

const SOON = {interval: 10};

describe('at a glance', () => {
  it('a pause says for how long, since when, by whom and why', async () => {
    using deck = await stage('paused');
    await expect
      .poll(deck.screen, SOON)
      .toMatch(
        /not going up for 4:1\d, since \d\d:\d\d:\d\d by liu on laptop: "waiting for the payment team" +P resumes/,
      );
    deck.resize(80, 24);
    await expect
      .poll(deck.screen, SOON)
      .toMatch(/not going up for 4:1\d: "waiting for the payment team" +P resumes/);
  });

  it('a step that failed says when, why, and that gray serves on, however narrow the screen', async () => {
    using deck = await stage('failed');
    await expect
      .poll(deck.screen, SOON)
      .toMatch(/✖ upgrade prod failed at \d\d:\d\d:\d\d; gray keeps serving +R retries/);
    deck.resize(80, 24);
    await expect.poll(() => deck.rows().length, SOON).toBe(24);
    expect(deck.screen()).toMatch(
      /✖ upgrade prod failed; gray keeps serving +R retries, r then y takes it back/,
    );
    expect(deck.screen()).toContain('✖ upgrade prod: exit code 1: image v1.1.0 not found in registry ');
  });

  it('with the store away only keys that can do something are at the bottom', async () => {
    using deck = await stage('store-away');
    await expect.poll(deck.screen, SOON).toContain('graydeck rollback --offline: prod, host by host');
    const footer = deck.rows().at(-1) ?? '';
    expect(footer).toMatch(/^ Enter chart.*q quit/);
    expect(footer).not.toMatch(/percent|pause|next|alert|feedback/);
    deck.resize(80, 24);
    await expect.poll(deck.screen, SOON).toMatch(/✖ store away for 0:\d\d +graydeck rollback --offline/);
    expect(deck.rows()[0]).toContain('v1.1.0');
  });

  it('labels of any length leave room for the sparklines', async () => {
    using deck = await stage('metrics');
    await expect.poll(deck.screen, SOON).toContain('TypeError');
    const rows = deck.rows().filter(row => row.startsWith('│ ') && row.includes('││'));
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row.split('││')[0]).toMatch(/[\u2800-\u28FF ] {2}$|[\u2800-\u28FF] $/u);
  });

  it('on a narrow screen what happened comes before who did it', async () => {
    using deck = await stage('failing');
    deck.resize(80, 24);
    await expect
      .poll(deck.screen, SOON)
      .toContain('WARNING conversion fell for a moment  (seen by liu on laptop)');
    expect(deck.screen()).toMatch(/acknowledged: conversion fell for a moment +liu on laptop/);
  });

  it('a window too small for the panels still says what is wrong and which key takes it back', async () => {
    using deck = await stage('failing', {}, {columns: 40, rows: 10});
    await expect.poll(deck.screen, SOON).toContain('● ROLLING new_payment v1.1.0 20 %');
    expect(deck.screen()).toMatch(/✖ GRAY error rate 2\.\d+ %, prod 0\.\d+ %/);
    expect(deck.screen()).toContain('r then y rolls back from here too.');
  });

  it('a critical alert says since when', async () => {
    using deck = await stage('failing');
    await expect.poll(deck.screen, SOON).toMatch(/gray error rate 7\.5 % above 5 %, since \d\d:\d\d:\d\d/);
  });

  it.each([
    [80, 24],
    [120, 40],
  ])('at %dx%d all keys are seen at once, by what they are for', async (columns, rows) => {
    using deck = await stage('failing', {}, {columns, rows});
    deck.press('?');
    await expect.poll(deck.screen, SOON).toMatch(/ACT +LOOK +MOVE/);
    expect(deck.screen()).not.toMatch(/KEYS .* \d+\/\d+ ─╮/);
    for (const words of [
      'r y +roll back',
      'C +complete',
      'Home End +ends of',
      '\\? +keys',
      'Ctrl\\+Z +suspend',
      'q +Ctrl.*quit|q +quit',
    ])
      expect(deck.screen()).toMatch(new RegExp(words, 'u'));
  });

  it('on a smaller screen the list of keys says how much of it is in sight', async () => {
    using deck = await stage('failing', {}, {columns: 60, rows: 17});
    deck.press('?');
    await expect.poll(deck.screen, SOON).toMatch(/KEYS .* \d+\/\d+ ─╮/);
    expect(deck.rows().at(-1)).toContain('scroll');
  });

  it('a filter stands whole on both sides', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toContain('error rate');
    deck.press('/', 'p', '9', '5', 'Enter');
    await expect
      .poll(deck.screen, SOON)
      .toMatch(/PROD v1\.0\.9 ─+ filter: p95 ─╮.*GRAY v1\.1\.0 ─+ filter: p95 ─╮/);
  });

  it('an alert that says what it is about says it in the language of the screen', async () => {
    const cause: Reason = {
      code: 'guardrail',
      metric: 'error_rate',
      value: 8.284,
      threshold: 5,
      samples: 900,
      windowSeconds: 60,
      text: 'gray error rate 8.28 %, passes at 5 % or less',
    };
    const alert = {type: 'alert', level: 'critical', message: cause.text} as const;
    for (const [lang, words] of [
      ['zh', '灰度错误率 8.28 %，界限 5 %'],
      ['en', cause.text],
    ] as const) {
      using deck = await stage('quiet', {lang});
      await deck.world.act({...alert, alert: 'j-1', cause});
      await expect.poll(deck.screen, SOON).toMatch(new RegExp(`✖ ${words}.*\\d\\d:\\d\\d:\\d\\d`, 'u'));
      expect(deck.screen()).toContain(lang === 'zh' ? `严重 ${words}` : `CRITICAL ${words}`);
      await deck.world.act({...alert, alert: 'j-2', message: 'written by hand'});
      await expect
        .poll(deck.screen, SOON)
        .toContain(lang === 'zh' ? '严重 written by hand' : 'CRITICAL written');
    }
  });

  it('never shows a moment of the past as if it were now', async () => {
    const at = Date.UTC(2026, 10, 22, 14, 2, 0);
    const time = {
      reading: () => ({speed: 1, isRunning: false, from: at - 60_000, to: at}),
      press: () => undefined,
    };
    using deck = await stage('quiet', {}, undefined, live => ({
      ...live,
      openPast: async () => ({...live, time, controller: null, mode: {...live.mode, readOnly: true}}),
    }));
    await expect.poll(deck.screen, SOON).toContain('ROLLING');
    const before = deck.frames().length;
    deck.press('t');
    await expect.poll(deck.screen, SOON).toContain('NOT NOW');
    const past = deck
      .frames()
      .slice(before)
      .filter(frame => frame.includes('READ-ONLY'));
    expect(past.length).toBeGreaterThan(0);
    for (const frame of past) expect(frame).toContain('NOT NOW');
  });

  it('a rollback that cannot be written says in one sentence why, and what still works', async () => {
    for (const [lang, words] of [
      ['zh', '未能回滚：存储无法连接。graydeck rollback --offline 逐台主机让所有用户回到 prod'],
      ['en', 'NOT ROLLED BACK: The store cannot be reached. graydeck rollback --offline: prod, host by host'],
    ] as const) {
      using deck = await stage('failing', {lang});
      const fault = {code: 'store-unreachable', hint: 'Start it.'};
      deck.world.log.fault = Object.assign(new Error('The store cannot be reached.'), fault);
      deck.press('r', 'y');
      await expect.poll(deck.screen, SOON).toContain(words);
    }
  });

  it('what is worst comes before a limit that only alerts, in words and in the chart', async () => {
    using deck = await stage('alert-only');
    await expect.poll(deck.screen, SOON).toMatch(/✖ GRAY error rate 2\.\d+ %, \d+\.\d+x of prod's/);
    expect(deck.screen()).toMatch(/╭ ERROR RATE/);
  });
});
