import {expect, test} from 'vitest';
import {decodeFeedback} from '../../source/analysis/feedback/feedback.ts';
import {saying} from '../../source/demo/service.ts';
import {splitNamed} from '../audience/conformance.ts';

const split = {...splitNamed('ten-percent'), gray: 'v1.1.0', prod: 'v1.0.9'};

test('simulated users comment on their version, and complain about a failing gray', () => {
  const said = (side: 'prod' | 'gray', isFailing: boolean) =>
    decodeFeedback(saying(side, split, isFailing, () => 0)!);
  expect(said('prod', true)).toMatchObject({version: 'v1.0.9', rating: 4});
  expect(said('gray', false)).toMatchObject({version: 'v1.1.0', rating: 5});
  expect(said('gray', true)).toMatchObject({version: 'v1.1.0', type: 'bug', rating: 1});
  expect(saying('gray', {...split, live: false}, false, () => 0)).toBeNull();
  expect(saying('prod', {...split, prod: null}, false, () => 0)).toBeNull();
});
