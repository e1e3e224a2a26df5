import {setTimeout as pause} from 'node:timers/promises';
import {anyPageShape, GONE_SCHEMA, tabTitle, type AnyPage} from '../../server/page/model.ts';
import {screenBytes, screenLines, sizeOf} from '../../server/page/screen.ts';
import type {Call} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {hasColor} from '../output/output.ts';
import {noTerminal} from '../process.ts';
import {shareWords} from './verb-words.ts';
import {languageOf, type Language} from '../../text/language.ts';
import {timeOfDay} from '../../console/present/moment.ts';

/** A state larger than this is none of ours, characters. */
const LONGEST_STATE = 1_000_000;
const ANSWERS_WITHIN_MS = 10_000;
/** The server tells something every second; after this long it is gone, milliseconds. */
const SILENT_MS = 6000;
const AGAIN_MS = 2000;
const MOST_KEYS = 8;
/** Alternate screen, no cursor, the window's own title put aside; and back. */
const ENTER = '\u001B[22;2t\u001B[?1049h\u001B[?25l\u001B[2J';
const LEAVE = '\u001B[?25h\u001B[?1049l\u001B[23;2t';

/**
 * Shows what a link shows, on the whole screen, until q; without a terminal a line for each change. What the server sends is
 * data: it is drawn here, and nothing of it reaches the terminal as it came.
 * @throws Failure
 */
export async function watchLink(call: Call, link: string): Promise<ExitCode> {
  const {flags, out} = call;
  const lang = languageOf(flags.lang, process.env);
  const words = shareWords(lang);
  if (!URL.canParse(link) || !/^https?:$/u.test(new URL(link).protocol))
    throw usage(words.badLink, 'graydeck watch http://HOST:PORT/s/TOKEN', 'bad-link');
  if (flags.guard || flags.share)
    throw usage('a link is only looked at', 'graydeck watch LINK', 'only-looks');
  const screen = flags.json || noTerminal(process.env, 'watch') !== null ? null : openScreen(flags.color);
  const signal = AbortSignal.any([
    call.interrupted({isOrderly: screen !== null}),
    out.closed,
    ...(screen === null ? [] : [screen.quit]),
  ]);
  let told = '';
  const show = (page: AnyPage) => {
    if (screen !== null) return screen.show(page, null);
    if (flags.json) return out.json({...page});
    const title = tabTitle(page);
    if (title !== told) out.data(`${page.time}  ${title}`);
    told = title;
  };
  let hasSeen = false;
  let lostAt: number | null = null;
  try {
    while (!signal.aborted) {
      const ended = await follow(link, lang, signal, page => {
        hasSeen = true;
        lostAt = null;
        show(page);
      });
      if (signal.aborted) break;
      if (ended === 'gone') {
        if (!hasSeen) throw new Failure(EXIT.fault, 'link-ended', words.linkEnded, 'graydeck share');
        break;
      }
      if (!hasSeen)
        throw new Failure(EXIT.fault, ended.code, ended.message, link.replace(/\/s\/.*/u, '/s/…'));
      lostAt ??= Date.now();
      const lost = words.noConnection(timeOfDay(lostAt));
      if (screen === null) {
        if (told !== lost && !flags.json) out.say(lost);
        told = lost;
      } else screen.show(null, lost);
      await pause(AGAIN_MS, undefined, {signal}).catch(() => undefined);
    }
  } finally {
    screen?.close();
  }
  if (hasSeen && !signal.aborted) out.say(words.linkEnded);
  return EXIT.done;
}

/** Reads states until the server ends: `gone` where the link has ended, else why it could not be read. */
async function follow(
  url: string,
  lang: Language,
  until: AbortSignal,
  onPage: (page: AnyPage) => void,
): Promise<'gone' | {code: string; message: string}> {
  const words = shareWords(lang);
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), ANSWERS_WITHIN_MS);
  try {
    const answer = await fetch(url, {
      headers: {accept: 'application/x-ndjson', 'accept-language': lang},
      signal: AbortSignal.any([until, silent.signal]),
      redirect: 'error',
    });
    if (answer.status === 404) return 'gone';
    if (!answer.ok || answer.body === null || !(answer.headers.get('content-type') ?? '').includes('ndjson'))
      return {code: 'no-page', message: words.notAPage};
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of answer.body) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENT_MS);
      const lines = (rest + decoder.decode(bytes, {stream: true})).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_STATE) return {code: 'no-page', message: words.notAPage};
      const newest = lines.at(-1);
      if (newest === undefined) continue;
      const told: unknown = JSON.parse(newest);
      if (isGone(told)) return 'gone';
      const read = anyPageShape.safeParse(told);
      if (!read.success) return {code: 'no-page', message: words.notAPage};
      onPage(read.data);
    }
    return {code: 'no-connection', message: words.linkEnded};
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return {code: 'no-connection', message: cause instanceof Error ? cause.message : String(cause)};
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
}

function isGone(told: unknown): boolean {
  return typeof told === 'object' && told !== null && 'schema' in told && told.schema === GONE_SCHEMA;
}

/** The whole terminal, drawn anew with each state and each size. */
function openScreen(wantsColor: boolean) {
  const {stdout, stdin} = process;
  const quit = new AbortController();
  let page: AnyPage | null = null;
  let note: string | null = null;
  const color = hasColor(stdout, wantsColor, process.env);
  const draw = () => {
    if (page === null) return;
    // One row less: the last one tells that the connection is lost.
    const size = sizeOf(stdout.columns, stdout.rows, color);
    if (note === null) return void stdout.write(screenBytes(page, size));
    const lines = screenLines(page, {...size, rows: size.rows - 1});
    const said = color ? `\u001B[7;33m ▲ ${note} \u001B[0m` : ` ▲ ${note} `;
    stdout.write(`\u001B[H${[said, ...lines].map(line => `${line}\u001B[K`).join('\r\n')}\u001B[J`);
  };
  const press = (bytes: Buffer) => {
    const keys = bytes.toString('utf8');
    // A slow line joins a few keys; more is a paste, and an escape begins a reply of the terminal.
    const isTyped = keys.length <= MOST_KEYS && !keys.includes('\u001B');
    if (keys.includes('\u0003') || (isTyped && /q/iu.test(keys))) quit.abort();
  };
  const resized = () => {
    stdout.write('\u001B[2J');
    draw();
  };
  stdout.write(ENTER);
  stdin.setRawMode(true);
  stdin.on('data', press);
  stdin.resume();
  stdout.on('resize', resized);
  return {
    quit: quit.signal,
    show(news: AnyPage | null, said: string | null) {
      page = news ?? page;
      note = said;
      draw();
    },
    close() {
      stdin.off('data', press);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.off('resize', resized);
      stdout.write(LEAVE);
    },
  };
}
