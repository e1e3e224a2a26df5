/** Who is on gray, asked from outside as people ask. */
import {FEATURE} from './place.ts';

/** Everybody who may come to gray: listed, forced by header or cookie, and many by percent. */
const USERS: Record<string, string>[] = [
  {'x-user-id': 'vip-1'},
  {'x-user-id': 'u-7', 'x-gray-release': 'true'},
  {'x-user-id': 'u-8', cookie: 'gray_user=true'},
  ...Array.from({length: 20}, (_, n) => ({'x-user-id': `u-${n}`})),
];

/** How many of them gray answers. */
export async function grayAt({port}: {port: number}): Promise<number> {
  const answers = await Promise.all(
    USERS.map(async headers => {
      const answer = await fetch(`http://127.0.0.1:${port}/${FEATURE}`, {
        headers: {...headers, connection: 'close'},
      });
      return await answer.text();
    }),
  );
  return answers.filter(body => body.trim() === 'gray').length;
}

/** Half of the people, and one that is listed. */
export const halfPlan = (whenStale: 'prod' | 'keep') => `
phases:
  - {name: some, percent: 50, duration: 24h, include: {users: [vip-1]}, whenStale: ${whenStale}}
  - {name: all, percent: 100}
evidence: off
`;
