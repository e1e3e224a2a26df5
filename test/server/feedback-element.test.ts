import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {eventually} from '../patience.ts';
import {chromiumMissing, openBrowser, type Browser, type Tab} from '../servers/chromium.ts';
import {openHouse, READ, WRITE, type House} from './house.ts';

/** The lowest contrast of text in the open form with what lies behind it. */
const LEAST_CONTRAST = `(() => {
  const rgb = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = color => {
    const [r, g, b] = rgb(color).map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((rgb(color)[3] ?? 1) > 0) return color;
    }
  };
  let least = 21;
  for (const element of form.shadowRoot.querySelectorAll('dialog *')) {
    const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return least;
})()`;
const PAGE = `<!doctype html><meta charset=utf-8><body><button id=before>before</button>
<script>var seen = []; for (const name of ['submit', 'sent'])
  addEventListener('graydeck-feedback-' + name, event => seen.push([name, event.detail.type]));</script>`;

describe.skipIf(chromiumMissing)('<graydeck-feedback> in a real Chromium', () => {
  let browser: Browser;
  let house: House;
  let tab: Tab;
  const server = createServer((_, response) => {
    // A page that allows no style and no script but from the server of feedback.
    response.setHeader(
      'content-security-policy',
      `style-src 'none'; script-src 'unsafe-inline' ${house.url}`,
    );
    response.setHeader('content-type', 'text/html');
    response.end(PAGE);
  });
  let origin = '';

  beforeAll(async () => {
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    house = await openHouse({origins: [origin]});
    browser = await openBrowser();
    tab = await browser.tab();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await house[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });

  /** A new page with the element, and its form open. */
  async function open(attributes: Record<string, string> = {}): Promise<void> {
    const all = {
      src: house.url,
      token: WRITE,
      'deployment-phase': 'beta',
      'deployment-version': 'v1.1.0',
      user: 'u-42',
      lang: 'en',
      ...attributes,
    };
    await tab.open(origin);
    await tab.run(`import('${house.url}/feedback-element.js').then(() => {
      const made = document.createElement('graydeck-feedback');
      for (const [name, value] of ${JSON.stringify(Object.entries(all))}) made.setAttribute(name, value);
      document.body.append(made);
      window.root = made.shadowRoot;
      root.querySelector('button').focus();
      root.querySelector('button').click();
    })`);
    expect(await tab.run(`root.querySelector('dialog').open`)).toBe(true);
  }
  const pick = (name: string, value: string) =>
    tab.run(`root.querySelector('[name="${name}"][value="${value}"]').click()`);
  const write = (text: string) => tab.run(`root.querySelector('textarea').value = ${JSON.stringify(text)}`);
  const submit = () => tab.run(`root.querySelector('[type=submit]').click()`);
  const status = () => tab.run<string>(`root.querySelector('.status').textContent`);

  it('sends type, rating and message for the phase and version, and says so', async () => {
    await open({feature: 'pay'});
    await pick('type', 'performance');
    await pick('rating', '2');
    await write('  慢 <b>slow</b>  ');
    await submit();
    await eventually(async () => expect(await status()).toBe('Thank you. Your feedback was sent.'));
    const [entry] = await house.store.feature('pay').feedback.read(0);
    expect(JSON.parse(entry!.text)).toEqual({
      type: 'performance',
      message: '慢 <b>slow</b>',
      rating: 2,
      deployment_phase: 'beta',
      deployment_version: 'v1.1.0',
      user_id: 'u-42',
    });
    expect(await tab.run('seen')).toEqual([
      ['submit', 'performance'],
      ['sent', 'performance'],
    ]);
    expect(await tab.run(`root.activeElement.textContent`)).toBe('Close');
    await tab.run(`root.activeElement.click()`);
    expect(await tab.run(`root.querySelector('dialog').open`)).toBe(false);
    await tab.run(`root.querySelector('button').click()`);
    expect(await tab.run(`root.querySelector('textarea').value`)).toBe('');
    expect(await status()).toBe('');
  });

  it('chooses nothing in advance, names what is missing, and puts the focus there', async () => {
    await open();
    expect(await tab.run(`root.querySelectorAll('input:checked').length`)).toBe(0);
    await submit();
    expect(await status()).toBe('Choose what it is about.');
    await pick('type', 'bug');
    await submit();
    expect(await status()).toBe('Choose a rating.');
    expect(await tab.run(`root.activeElement.name`)).toBe('rating');
    await pick('rating', '1');
    await write('   ');
    await submit();
    expect(await status()).toBe('Write a message.');
    expect(await tab.run(`root.activeElement.name`)).toBe('message');
  });

  it('keeps the text if the server refuses, and can be sent again', async () => {
    await open({token: READ});
    await pick('type', 'bug');
    await pick('rating', '1');
    await write('the amount is empty');
    await submit();
    await eventually(async () => expect(await status()).toContain('this page may not send feedback'));
    expect(await tab.run(`root.querySelector('textarea').value`)).toBe('the amount is empty');
    await tab.run(`root.host.setAttribute('token', '${WRITE}')`);
    await submit();
    await eventually(async () => expect(await status()).toBe('Thank you. Your feedback was sent.'));
    await open({src: 'http://127.0.0.1:9'});
    await pick('type', 'bug');
    await pick('rating', '1');
    await write('hello');
    await submit();
    await eventually(async () => expect(await status()).toContain('the server cannot be reached'));
  });

  it('lets a page send the feedback itself', async () => {
    await open();
    await tab.run(`addEventListener('graydeck-feedback-submit', event => {
      event.preventDefault();
      window.taken = event.detail;
    })`);
    await pick('type', 'suggestion');
    await pick('rating', '5');
    await write('more of it');
    const before = (await house.store.feature('pay').feedback.read(0)).length;
    await submit();
    await eventually(async () => expect(await status()).toBe('Thank you. Your feedback was sent.'));
    expect(await tab.run('taken')).toMatchObject({type: 'suggestion', rating: 5, message: 'more of it'});
    expect(await house.store.feature('pay').feedback.read(0)).toHaveLength(before);
  });

  it('has a label for each field, and ends by Escape with the focus where it was', async () => {
    await open();
    const unnamed = await tab.run(`[...root.querySelectorAll('input, textarea')]
      .filter(field => field.labels.length === 0 || field.labels[0].textContent.trim() === '').length`);
    expect(unnamed).toBe(0);
    expect(await tab.run(`[...root.querySelectorAll('legend')].map(one => one.textContent)`)).toEqual([
      'What is it about?',
      'How do you rate it?',
    ]);
    expect(
      await tab.run(`['labelledby', 'describedby'].map(name =>
        root.getElementById(root.querySelector('dialog').getAttribute('aria-' + name)).textContent)`),
    ).toEqual(['Your feedback', 'Phase beta, version v1.1.0']);
    // A modal dialog keeps the focus inside.
    await tab.run(`document.getElementById('before').focus()`);
    expect(await tab.run(`document.activeElement.id`)).not.toBe('before');
    await tab.run(`root.querySelector('dialog').requestClose()`);
    expect(await tab.run(`root.querySelector('dialog').open`)).toBe(false);
    expect(await tab.run(`root.activeElement.textContent`)).toBe('Feedback');
  });

  it.each(['light', 'dark'])('can be read in %s', async scheme => {
    await tab.look({width: 390, dark: scheme === 'dark'});
    await open();
    await tab.run('window.form = root.host');
    await submit();
    expect(await tab.run<number>(LEAST_CONTRAST)).toBeGreaterThan(4.5);
    expect(await tab.run(`root.querySelector('dialog').scrollWidth <= innerWidth`)).toBe(true);
    await tab.picture(`/tmp/shots/feedback-${scheme}.png`).catch(() => undefined);
  });

  it('speaks Chinese by its own language, or that of the page', async () => {
    await open({lang: 'zh-CN'});
    expect(await tab.run(`root.querySelector('h2').textContent`)).toBe('您的反馈');
    await submit();
    expect(await status()).toBe('请选择反馈类型。');
  });
});

describe('the script of <graydeck-feedback>', () => {
  it('is served without a token, to pages of listed origins', async () => {
    await using house = await openHouse({origins: ['https://shop.example']});
    const answer = await house.ask('/feedback-element.js', null, {headers: {origin: 'https://shop.example'}});
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    const other = await house.ask('/feedback-element.js', null, {headers: {origin: 'https://evil.example'}});
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
