import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, it} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import {MOST_FEEDBACK} from '../../source/store/port.ts';

it('an embedded store lets old feedback go, and the oldest of too much', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graydeck-feedback-'));
  try {
    const path = join(folder, 'graydeck.db');
    const store = await openStore(`sqlite:${path}`, 'operator');
    const {feedback} = store.feature('pay');
    await feedback.write('first');
    const raw = new DatabaseSync(path);
    const count = () => Number(raw.prepare('SELECT count(*) AS n FROM feedback').get()?.['n']);
    const rows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO feedback (feature, at, text) SELECT 'pay', ?, '{}' FROM n`;
    raw.prepare(rows).run(500, 1000);
    await feedback.write('second');
    expect(count()).toBe(2);
    raw.prepare(rows).run(MOST_FEEDBACK + 100, Date.now());
    for (let written = 0; written < 64; written++) await feedback.write('{}');
    expect(count()).toBeLessThan(MOST_FEEDBACK + 64);
    raw.close();
    await store.close();
  } finally {
    rmSync(folder, {recursive: true});
  }
});
