import {own} from '../../release/name.ts';

const WHY: Readonly<Record<string, string>> = {
  'not-running': 'nginx does not run there',
  'no-permission': 'its agent lacks a right',
  'site-broken': 'nginx refuses the configuration of the site',
  'file-refused': 'nginx refuses what is asked, so prod for everyone there',
  'not-confirmed': 'nginx does not confirm',
  'cannot-write': 'the include file cannot be written',
  'cannot-express': 'nginx cannot do what is asked, so prod for everyone there',
  silent: 'silent, at prod by itself in at most',
  behind: 'not at what is set, but at',
  latched: 'rolled back there without the store',
};

/** What edges say of themselves. `code`: the word before the colon of a router's trouble. */
export const enEdges = {
  trouble: (name: string, code: string, detail: string) =>
    [`${name}: ${own(WHY, code) ?? code}`, detail].filter(text => text !== '').join(': '),
};
