import type {z} from 'zod';
import {quote, type Problem} from './mistake.ts';
import {nearest} from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** An issue of zod in the words of a mistake. The only place where the library's issues become words. */
export function problemOf(issue: Issue, value: unknown): Problem {
  switch (issue.code) {
    case 'custom':
      return (issue.params?.['problem'] as Problem | undefined) ?? notThat(issue.message);
    case 'invalid_value': {
      const words = issue.values.map(String);
      const said = typeof value === 'string' || typeof value === 'number' ? quote(String(value)) : 'this';
      const meant = typeof value === 'string' ? nearest(value, words) : null;
      const hint = meant === null ? '' : `; did you mean ${meant}?`;
      return {message: `${said} is none of the words known here${hint}`, allowed: words.join(', ')};
    }
    case 'invalid_type':
      return notThat(issue.expected === 'boolean' ? 'true or false' : `a ${issue.expected}`);
    default:
      return notThat(issue.message);
  }
}

function notThat(wanted: string): Problem {
  return {message: `this is not ${wanted}`, allowed: wanted};
}
