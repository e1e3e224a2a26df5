import {describe, expect, test} from 'vitest';
import {plainText} from '../../source/text/plain-text.ts';
import {pressOnFleet} from '../../source/console/keys/press-fleet.ts';
import type {PressContext} from '../../source/console/keys/step.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {
  fleetColumns,
  fleetCounts,
  fleetOrder,
  fleetRow,
  type FleetFeature,
} from '../../source/console/present/fleet.ts';
import {columnsOf} from '../../source/console/present/line.ts';
import {INITIAL_UI, type Ui} from '../../source/console/ui.ts';
import {readSummary, type Summary} from '../../source/monitor/summary.ts';

const NOW = 1_800_000_000_000;
const minute = {requests: 900, errorRate: 0.5, conversionRate: null, p95: 180, errorRates: [0.4, 0.5, 0.6]};

function summary(rest: Partial<Summary> = {}): Summary {
  return {
    schema: 'graydeck.summary/1',
    feature: 'pay',
    at: NOW - 500,
    by: 'p-1',
    state: 'rolling',
    version: 'v2',
    phase: {name: 'beta', index: 1, of: 4},
    percent: {set: 20, applied: 20, observed: 19.8},
    verdict: {action: 'hold', text: 'beta has 2 h left'},
    onset: null,
    lastMinute: {prod: minute, gray: minute},
    alerts: {open: 0, unacknowledged: 0},
    guard: 'guard on ops-1',
    ...rest,
  };
}

const features: FleetFeature[] = [
  {feature: 'a-over', summary: summary({state: 'completed', at: NOW - 1e9})},
  {feature: 'b-well', summary: summary()},
  {feature: 'c-paused', summary: summary({state: 'paused'})},
  {feature: 'd-unknown', summary: null},
  {feature: 'e-silent', summary: summary({at: NOW - 60_000})},
  {
    feature: 'z-bad',
    summary: summary({verdict: {action: 'rollback', text: 'gray error rate 6.2 %'}, onset: NOW - 41_000}),
  },
];
const freeze = {until: NOW + 3_600_000, reason: 'audit', by: 'liu', authenticated: null, at: NOW};
const names = (some: readonly FleetFeature[]) => some.map(({feature}) => feature);
const t = messagesOf('en');
const text = (one: FleetFeature, width = 120) =>
  fleetRow(one, {
    now: NOW,
    columns: fleetColumns(features, width, {t, clean: OPEN}),
    isPicked: false,
    t,
    clean: OPEN,
  })
    .map(piece => piece.text)
    .join('');

describe('the list of all features', () => {
  test('begins with the worst; a live release without news is worth a look', () => {
    expect(names(fleetOrder(features, NOW))).toEqual([
      'z-bad',
      'c-paused',
      'e-silent',
      'b-well',
      'a-over',
      'd-unknown',
    ]);
    expect(names(fleetOrder(features, NOW, 'LEN'))).toEqual(['e-silent']);
  });

  test('says how many need a person', () => {
    const words = fleetCounts(features, NOW, {t, clean: OPEN, freeze}).map(piece => piece.text);
    expect(words.join('')).toMatch(/6 features.*1 needs you.*2 to look at.*freeze until .*\(audit\)/u);
  });

  test('says what is the matter and since when, in one row of any width', () => {
    const bad = features.find(({feature}) => feature === 'z-bad')!;
    expect(text(bad, 140)).toMatch(/✖ z-bad .*ROLLING .*20 % .*beta .*gray error rate 6\.2 %, since/u);
    expect(text(features.find(({feature}) => feature === 'e-silent')!)).toContain('last heard 1:00 ago');
    for (const one of features)
      for (const width of [60, 80, 120, 200]) expect(columnsOf(text(one, width))).toBe(width);
  });

  test('takes silence of gray for no good news', () => {
    const silent = summary({lastMinute: {prod: minute, gray: {...minute, requests: 0}}});
    expect(text({feature: 'pay', summary: silent})).toContain('▲ pay');
  });

  test('says what keeps a release from going up', () => {
    const waits = {
      feature: 'pay',
      summary: summary({barred: {why: 'approval', at: NOW - 720_000, by: 'liu on laptop'}}),
    };
    expect(text(waits, 100)).toMatch(/▲ pay .*waits for a second person, 12:00 \(asked by liu on laptop\)/u);
    const off = {feature: 'pay', summary: summary({barred: {why: 'disabled', at: NOW - 60_000, by: 'ana'}})};
    expect(text(off, 100)).toContain('disabled for 1:00 by ana: prod for everyone');
    const closed = {feature: 'pay', summary: summary({barred: {why: 'hours', at: null, by: null}})};
    expect(text(closed, 80)).toMatch(/✔ pay .*outside of the hours for raises/u);
  });

  test('shows nothing of a hostile name that a terminal would obey', () => {
    const hostile = summary({
      phase: {name: '\u001b[2Jx', index: 0, of: 1},
      guard: '\u202Eevil',
      version: '\u0007',
    });
    const shown = text({feature: 'x', summary: hostile});
    expect(shown).toBe(plainText(shown, 1000));
  });
});

describe('keys on the list', () => {
  const context = {
    fleet: names(fleetOrder(features, NOW)),
    t,
    at: NOW,
    mayAct: true,
  } as unknown as PressContext;
  const ui: Ui = {...INITIAL_UI, screen: 'fleet'};

  test('move along the features and stay on one when the order changes', () => {
    const down = pressOnFleet(ui, 'j', context).ui;
    expect(down.feature).toBe('c-paused');
    const other = {...context, fleet: ['b-well', 'c-paused', 'z-bad']};
    expect(pressOnFleet(down, 'k', other).ui.feature).toBe('b-well');
    expect(pressOnFleet(ui, 'End', context).ui.feature).toBe('d-unknown');
  });

  test('open a feature; r asks its question where the release is in sight', () => {
    expect(pressOnFleet(ui, 'Enter', context)).toMatchObject({
      ui: {screen: 'feature'},
      effects: [{type: 'open-feature', feature: 'z-bad'}],
    });
    expect(pressOnFleet(ui, 'r', context).effects).toEqual([
      {type: 'open-feature', feature: 'z-bad', then: 'r'},
    ]);
    expect(pressOnFleet(ui, 'r', {...context, mayAct: false}).effects).toEqual([]);
  });

  test('go back, and change nothing by any other key', () => {
    expect(pressOnFleet(ui, 'o', context).ui.screen).toBe('feature');
    for (const key of ['+', '-', 'n', 'p', 'C', 'g', 'x'])
      expect(pressOnFleet(ui, key, context).effects).toEqual([]);
  });
});

describe('a summary from a store', () => {
  test('is read if it is of this version, and anything else is none', () => {
    expect(readSummary(JSON.stringify(summary()))).toEqual(summary());
    for (const odd of [null, '', '{', '[]', '7', '{"schema":"graydeck.summary/2"}'])
      expect(readSummary(odd)).toBeNull();
    for (const odd of [{state: 'x'}, {at: 'now'}, {alerts: null}, {lastMinute: {}}, {percent: 7}, {phase: 7}])
      expect(readSummary(JSON.stringify({...summary(), ...odd}))).toBeNull();
  });
});
