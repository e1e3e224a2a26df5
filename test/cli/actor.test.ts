import {expect, test, vi} from 'vitest';

test('two processes of one name and one number, as in containers, have names of their own', async () => {
  const one = await import('../../source/cli/commands/actor.ts');
  vi.resetModules();
  const other = await import('../../source/cli/commands/actor.ts');
  expect(one.nameHere('guard')).toContain(`guard, ${process.pid}`);
  expect(one.nameHere('guard')).toBe(one.nameHere('guard'));
  expect(one.nameHere('guard')).not.toBe(other.nameHere('guard'));
});
