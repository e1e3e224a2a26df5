import {describe, expect, it} from 'vitest';
import {stage} from './stage.tsx';

const SOON = {timeout: 8000, interval: 10};

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
    await expect.poll(deck.screen, SOON).toContain('graydeck rollback --offline still works');
    const footer = deck.rows().at(-1) ?? '';
    expect(footer).toMatch(/r roll back.*Enter chart.*q quit/);
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
});
