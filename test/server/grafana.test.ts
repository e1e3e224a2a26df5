import {readFile} from 'node:fs/promises';
import {expect, it} from 'vitest';
import {openHouse} from './house.ts';

interface Panel {
  id: number;
  title: string;
  gridPos: {x: number; y: number; w: number; h: number};
  targets: {expr: string}[];
}

it('the Grafana dashboard uses only existing metrics, and its panels do not overlap', async () => {
  const file = new URL('../../fixtures/grafana/graydeck.json', import.meta.url);
  const dashboard = JSON.parse(await readFile(file, 'utf8')) as {panels: Panel[]};
  await using house = await openHouse();
  const text = await (await house.ask('/metrics', null)).text();
  const told = new Set(Array.from(text.matchAll(/^# TYPE (\w+) /gmu), ([, name]) => name));
  const asked = dashboard.panels.flatMap(({targets}) =>
    targets.flatMap(({expr}) => expr.match(/graydeck_\w+/gu) ?? []),
  );
  expect(asked.length).toBeGreaterThan(15);
  for (const name of asked) expect(told).toContain(name.replace(/_bucket$/u, ''));
  const cells = dashboard.panels.flatMap(({gridPos: {x, y, w, h}}) =>
    Array.from({length: w * h}, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(dashboard.panels.map(({id}) => id)).size).toBe(dashboard.panels.length);
});
