import type {Page} from '../../../source/server/page/model.ts';

/** A page as it is composed while gray fails; every text of it may be replaced. */
export function samplePage(text = 'v1.1.0', more: Partial<Page> = {}): Page {
  const line = [{text, tone: 'bad'} as const];
  return {
    schema: 'graydeck.page/1',
    lang: 'en',
    at: 1_800_000_000_000,
    time: '14:02:31',
    zone: 'UTC',
    health: 'bad',
    title: text,
    badge: text,
    words: {
      metric: 'metric',
      prod: 'PROD',
      gray: 'GRAY',
      over: 'over',
      live: 'live',
      ended: 'ended',
      lost: 'lost',
    },
    feature: text,
    version: text,
    prodVersion: text,
    state: {mark: '●', tone: 'strong', word: text},
    lights: [line],
    headlines: [{mark: '✖', tone: 'alarm', text}],
    phases: [{name: text, percent: '5 %', state: 'now'}],
    facts: [line],
    notes: {prod: line, gray: line},
    rows: [
      {
        label: text,
        prod: text,
        gray: text,
        compared: line,
        limit: text,
        isBad: true,
        isOld: false,
        chart: {prod: [1, null, 2, 3], gray: [1, 2, 30, 40], min: 0, max: 40, badFrom: 2},
      },
    ],
    verdict: {title: line, note: line, rows: [line]},
    cause: {title: text, rows: [line]},
    logTitle: line,
    log: [{time: '14:02:11', mark: '✖', tone: 'bad', text, who: text}],
    ...more,
  };
}
