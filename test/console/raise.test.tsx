import {describe, expect, it} from 'vitest';
import {stage} from './stage.tsx';

const SOON = {interval: 10};

// P4.
describe('any way to 100 %', () => {
  it('by the next phase wants the version typed', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('n', 'y');
    await expect.poll(deck.screen, SOON).toMatch('gamma  since');
    deck.press('n');
    await expect.poll(deck.screen, SOON).toMatch('Type v1.1.0 to go on:');
    expect(deck.screen()).toMatch(/50 %  →  100 %/u);
    deck.press('y', 'Enter');
    await expect.poll(deck.screen, SOON).toMatch('that is not the version');
    deck.press('Backspace');
    deck.type('v1.1.0');
    deck.press('Enter');
    await expect.poll(deck.screen, SOON).toMatch('phase production, 100 %');
  });

  it('by C shows how far it goes, how many get it, and which phases it skips', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('C');
    await expect.poll(deck.screen, SOON).toMatch(/20 %  →  100 %/u);
    expect(deck.screen()).toMatch('skips 1 phase: gamma 50 %');
    expect(deck.screen()).toMatch(/about [\d ]+ more of the users/u);
    expect(deck.screen()).toMatch('Type v1.1.0 to go on:');
  });

  it('by one step up wants the version typed', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('g');
    deck.type('95');
    deck.press('Enter', 'y');
    await expect.poll(deck.screen, SOON).toMatch('95 % set');
    deck.press('+');
    await expect.poll(deck.screen, SOON).toMatch('Type v1.1.0 to go on:');
  });
});

describe('before a raise', () => {
  it('stands how many are on gray until a rollback could land, and what the judge can show by then', async () => {
    using deck = await stage('quiet');
    await expect.poll(deck.screen, SOON).toMatch('ROLLING');
    deck.press('+');
    await expect.poll(deck.screen, SOON).toMatch(/RAISE ─/u);
    expect(deck.screen()).toMatch(
      /until a rollback reaches every router \(at most \d+ s\): about [\d ]+ requests/u,
    );
    expect(deck.screen()).toMatch(
      /in \d+ s the judge can show (no rise|a rise of errors of [\d.]+ pt or more)/u,
    );
    // Headline and verdict stay in sight.
    expect(deck.screen()).toMatch(/gray looks like prod/u);
    expect(deck.screen()).toMatch(/╭ VERDICT/u);
  });

  it('v approves the raise of another person, which the headline names', async () => {
    using deck = await stage('quiet', {}, {columns: 120, rows: 40}, (given, world) => {
      const {release} = world.controller.snapshot().state;
      const wish = {type: 'set', percent: 30, from: 20} as const;
      Object.assign(release!, {
        approval: {
          number: 3,
          wish,
          wantedBy: 'person',
          askedBy: 'wang',
          askedAt: world.now(),
          reason: 'looks well',
          approvers: [{by: 'wang', authenticated: 'redis:wang'}],
        },
      });
      return given;
    });
    await expect.poll(deck.screen, SOON).toMatch(/waits for two people, asked by wang.*v approves/u);
    deck.press('v');
    await expect.poll(deck.screen, SOON).toMatch(/APPROVE ─/u);
    expect(deck.screen()).toMatch(/20 % → 30 %/u);
    expect(deck.screen()).toMatch('asked by wang: "looks well"');
  });
});
