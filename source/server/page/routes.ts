import {randomBytes} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response';
import type {Context, Hono} from 'hono';
import {bodyLimit} from 'hono/body-limit';
import {remoteAddressOf, JSON_TYPE, type Env} from '../env.ts';
import {httpProblemOf} from '../problem.ts';
import {RateLimit} from '../limits.ts';
import {clientOf, type Client} from '../tokens.ts';
import {clientOfCookie, loginCookie} from './cookie.ts';
import {noticeHtml, pageHtml, partsOf} from './html.ts';
import {LinkWatch, type FoundLink} from './link-watch.ts';
import type {AnyPage} from './model.ts';
import {screenLines, sizeOf} from './screen.ts';
import type {PageLook, PageSource} from './source.ts';
import {Viewers, type ViewerKind} from './viewers.ts';

/** A wrong link or token is answered no sooner, milliseconds; who tries many waits longer, up to the most. */
const WRONG_TAKES_MS = 500;
const WRONG_TAKES_AT_MOST_MS = 5000;
/** Wrong ones that wait at once; more are turned away. */
const MOST_WAITING = 100;
const MOST_LOGIN_BYTES = 4096;
const HTML_TYPE = 'text/html; charset=utf-8';
const EVENT_TYPE = 'text/event-stream; charset=utf-8';
const MODEL_TYPE = 'application/x-ndjson; charset=utf-8';
const SCREEN_TYPE = 'text/plain; charset=utf-8';

export interface PageRoutes {
  /** How many watch by a link just now, by feature. */
  watching(): ReadonlyMap<string, number>;
  /** Ends every stream. @param isOver the links have ended, too */
  close(isOver?: boolean): void;
}

/** The page that a request asks for, and how to go on showing it. */
interface Asked {
  key: string;
  compose(): AnyPage | null;
  feature: string | null;
  mayWatch(): boolean;
  /** The link it is watched by; null: with a token. */
  found: FoundLink | null;
  lang: PageLook['lang'];
}

/**
 * Adds the page: `/` for who has scope `read`, `/s/TOKEN` for who has a link.
 * @param clients who may come in at `/`; null: there are links only
 */
export function addPageRoutes(
  app: Hono<Env>,
  source: PageSource,
  clients: readonly Client[] | null,
): PageRoutes {
  const pages = new Pages(source);
  app.get('/s/:token', context => pages.byLink(context, context.req.param('token')));
  if (clients !== null) {
    app.get('/', context => pages.home(context, clients));
    app.post('/login', bodyLimit({maxSize: MOST_LOGIN_BYTES}), context => pages.login(context, clients));
  }
  return pages;
}

/** The pages of one server, who watches them, and the tokens that were wrong. */
class Pages implements PageRoutes {
  readonly #source: PageSource;
  readonly #viewers = new Viewers();
  readonly #links: LinkWatch;
  readonly #wrong = new RateLimit({burst: 10, perSecond: 1});
  readonly #watching = new Map<string, number>();
  #waiting = 0;

  constructor(source: PageSource) {
    this.#source = source;
    this.#links = new LinkWatch(source);
  }

  watching(): ReadonlyMap<string, number> {
    return this.#watching;
  }

  close(isOver = false): void {
    this.#links.close();
    this.#viewers.close(isOver);
  }

  async byLink(context: Context<Env>, token: string): Promise<Response> {
    const source = this.#source;
    const lang = languageOf(context, source);
    const found = await this.#links.find(token).catch(httpProblemOf);
    if (found instanceof Error) return notice(context, 503, lang, source.notices(lang).busy);
    if (found === null) {
      const isAnswered = await this.#slowDown(context);
      return notice(context, isAnswered ? 404 : 429, lang, source.notices(lang).gone);
    }
    const {feature, link} = found;
    const look = {lang, mask: link.mask, hasHome: false};
    return this.#answer(context, {
      key: `${feature} ${lang} ${link.mask ? 'masked' : ''}`,
      compose: () => source.page(feature, look),
      feature,
      mayWatch: () => this.#links.isRunning(found),
      found,
      lang,
    });
  }

  /** All features, or one; for a token or a cookie with scope `read`. */
  async home(context: Context<Env>, clients: readonly Client[]): Promise<Response> {
    const source = this.#source;
    const lang = languageOf(context, source);
    const {login, absent} = source.notices(lang);
    const client =
      clientOf(clients, context.req.header('authorization')) ??
      clientOfCookie(clients, context.req.header('cookie'), Date.now());
    if (client === null || !client.scopes.has('read')) {
      if (context.req.header('authorization') !== undefined) await this.#slowDown(context);
      const text = client === null ? login.text : login.refused;
      return notice(context, client === null ? 401 : 403, lang, {...login, text, form: login});
    }
    const names = source.names();
    const named = context.req.query('feature') ?? (names.length === 1 ? (names[0] ?? null) : null);
    if (named !== null && !names.includes(named)) return notice(context, 404, lang, absent);
    const look = {lang, mask: false, hasHome: names.length > 1};
    return this.#answer(context, {
      key: `${named ?? ''} ${lang} ${named !== null && look.hasHome ? 'home' : ''}`,
      compose: () => (named === null ? source.list(look) : source.page(named, look)),
      feature: named,
      mayWatch: () => true,
      found: null,
      lang,
    });
  }

  async login(context: Context<Env>, clients: readonly Client[]): Promise<Response> {
    const lang = languageOf(context, this.#source);
    const {login} = this.#source.notices(lang);
    if (isForeign(context)) return notice(context, 403, lang, {...login, text: login.refused, form: login});
    const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
    const token = typeof body['token'] === 'string' ? body['token'].trim() : '';
    const client = clientOf(clients, `Bearer ${token}`);
    if (client === null || !client.scopes.has('read')) {
      const isAnswered = await this.#slowDown(context);
      return notice(context, isAnswered ? 403 : 429, lang, {...login, text: login.refused, form: login});
    }
    const isSecure = context.req.header('x-forwarded-proto') === 'https';
    context.header('set-cookie', loginCookie(client, Date.now(), isSecure));
    return context.redirect('/', 303);
  }

  #answer(context: Context<Env>, asked: Asked): Response {
    const kind = kindOf(context, context.req.header('accept') ?? '');
    const page = asked.compose();
    const {absent, busy} = this.#source.notices(asked.lang);
    if (page === null) return notice(context, 404, asked.lang, absent);
    if (kind === 'html') {
      const nonce = randomBytes(16).toString('base64');
      return html(context, pageHtml(page, nonce), nonce);
    }
    if (kind === 'once') return context.json(asNews(page));
    const type = {events: EVENT_TYPE, model: MODEL_TYPE, screen: SCREEN_TYPE}[kind.type];
    if (context.req.method === 'HEAD') return context.body(null, 200, {'content-type': type});
    if (kind.type === 'screen' && context.req.query('once') !== undefined)
      return context.body(`${screenLines(page, kind.size).join('\n')}\n`, 200, {'content-type': type});
    if (!this.#viewers.hasRoom()) return notice(context, 503, asked.lang, busy);
    const {outgoing: response} = context.env;
    response.writeHead(200, {
      ...Object.fromEntries(context.res.headers),
      ...SAFE,
      'content-type': type,
      'x-accel-buffering': 'no',
    });
    this.#count(asked, response);
    const shown = () => ({
      compose: asked.compose,
      subscribe: (listener: () => void) => this.#source.subscribe(asked.feature, listener),
    });
    this.#viewers.add(asked.key, shown, {response, kind, mayWatch: asked.mayWatch});
    return RESPONSE_ALREADY_SENT;
  }

  /** Who watches by a link is counted for the console, and the link is kept an eye on meanwhile. */
  #count({found}: Asked, response: Env['Bindings']['outgoing']): void {
    if (found === null) return;
    const {feature} = found;
    const stop = this.#links.watch(feature);
    const step = (by: number) => this.#watching.set(feature, (this.#watching.get(feature) ?? 0) + by);
    step(1);
    response.once('close', () => {
      stop();
      step(-1);
    });
  }

  /** Delays the answer to a wrong token. A right one never comes here. @returns false: too many wait already */
  async #slowDown(context: Context<Env>): Promise<boolean> {
    const waitMs = this.#wrong.take(remoteAddressOf(context), performance.now());
    if (this.#waiting >= MOST_WAITING) return false;
    this.#waiting++;
    await pause(Math.min(WRONG_TAKES_AT_MOST_MS, WRONG_TAKES_MS + waitMs));
    this.#waiting--;
    return true;
  }
}

/** The newest state in one piece, for a browser behind a proxy that holds events back. */
function asNews(page: AnyPage): object {
  const {title, icon, parts} = partsOf(page);
  const named = parts.filter(({id}) => !id.includes('.')).map(({id, html}) => [id, html]);
  return {title, icon, parts: Object.fromEntries(named) as Record<string, string>};
}

/** How the page is sent: a browser names HTML, its script events; a terminal neither. */
function kindOf(context: Context<Env>, accept: string): 'html' | 'once' | ViewerKind {
  if (accept.includes('text/event-stream')) return {type: 'events'};
  if (accept.includes('text/html')) return 'html';
  if (accept.includes('application/x-ndjson')) return {type: 'model'};
  if (accept.includes('application/json')) return 'once';
  const number = (name: string) => Number.parseInt(context.req.query(name) ?? '', 10);
  const size = sizeOf(number('columns'), number('rows'), context.req.query('color') !== 'no');
  return {type: 'screen', size};
}

function languageOf(context: Context<Env>, source: PageSource): PageLook['lang'] {
  const wanted = context.req.query('lang') ?? context.req.header('accept-language') ?? '';
  const [first = ''] = wanted.toLowerCase().split(',');
  return first.startsWith('zh') ? 'zh' : first.startsWith('en') ? 'en' : source.lang;
}

/** Whether a browser says that a form was sent by a page of another site. */
function isForeign(context: Context<Env>): boolean {
  return !['same-origin', 'none', undefined].includes(context.req.header('sec-fetch-site'));
}

/** Nothing is loaded from elsewhere, nothing frames the page, and its address, which holds the token, is told to no other site. */
const SAFE = {
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'img-src data:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

type Status = 200 | 401 | 403 | 404 | 429 | 503;

function html(context: Context<Env>, text: string, nonce: string, status: Status = 200): Response {
  return context.body(text, status, {
    ...SAFE,
    'content-type': HTML_TYPE,
    'content-security-policy': policyOf(nonce),
    vary: 'accept, accept-language, cookie',
  });
}

function notice(
  context: Context<Env>,
  status: Status,
  lang: string,
  said: {title: string; text: string; form?: {label: string; button: string}},
): Response {
  const accept = context.req.header('accept') ?? '';
  if (!accept.includes('text/html')) {
    if (accept.includes('json'))
      return context.body(JSON.stringify({title: said.title, text: said.text}), status, JSON_TYPE);
    return context.body(`${said.title}: ${said.text}\n`, status, {...SAFE, 'content-type': SCREEN_TYPE});
  }
  const nonce = randomBytes(16).toString('base64');
  return html(context, noticeHtml({lang, ...said}, nonce), nonce, status);
}
