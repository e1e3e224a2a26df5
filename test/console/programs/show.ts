/** Shows a scene on the console: `node show.js SCENE [--lang zh] [--read-only] [--share] [--mono] [--demo]`. */
import {parseArgs} from 'node:util';
import {runConsole} from '../../../source/console/run.tsx';
import {deckOf, live} from './scenes.ts';

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    lang: {type: 'string', default: 'en'},
    'read-only': {type: 'boolean', default: false},
    share: {type: 'boolean', default: false},
    mono: {type: 'boolean', default: false},
    demo: {type: 'boolean', default: false},
  },
});

const {deck, scene} = await deckOf(positionals[0] ?? 'quiet', {
  lang: values.lang === 'zh' ? 'zh' : 'en',
  readOnly: values['read-only'],
  share: values.share,
  color: !values.mono,
  demo: values.demo,
});
const stop = live(scene);
const {code} = await runConsole(deck);
stop();
process.exit(code);
