import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeLink} from '../../../source/server/page/links.ts';
import {openController} from '../../../source/controller/controller.ts';
import type {Controller} from '../../../source/controller/outcome.ts';
import {builtInPlan} from '../../../source/config/plan/built-in.ts';
import {eventually} from '../../patience.ts';
import {chromiumMissing, openBrowser, type Browser, type Tab} from '../../servers/chromium.ts';
import {openHouse, type House} from '../house.ts';

const SCRIPTS = [
  '<script>window.owned=1</script>',
  '"><img src=x onerror="window.owned=1">',
  "' onmouseover='window.owned=1' x='",
  '</style></script><svg onload=window.owned=1>',
  '\u202Egnp.exe<b>',
  '${window.owned=1}{{constructor.constructor("window.owned=1")()}}',
];
const BY = {by: {name: '<img src=x onerror=window.owned=1>', kind: 'person'}} as const;

/** The lowest contrast of text on the page with what lies behind it. */
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
    return 'rgb(255, 255, 255)';
  };
  let least = 21;
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || element.closest('svg, script, noscript') !== null) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return least;
})()`;

describe.skipIf(chromiumMissing)('a page in a real Chromium', () => {
  let browser: Browser;
  let house: House;
  let tab: Tab;
  let controller: Controller;
  let link = '';
  let record = '';

  beforeAll(async () => {
    browser = await openBrowser();
    house = await openHouse();
    tab = await browser.tab();
    const {log} = house.store.feature('evil');
    controller = openController({feature: 'evil', log, now: () => house.store.now()});
    await controller.execute(
      {
        type: 'start',
        release: 'r-2',
        version: '<script>window.owned=1</script>',
        over: '"><img src=x onerror=window.owned=1>',
        plan: {
          ...builtInPlan,
          name: '<b>plan',
          phases: builtInPlan.phases.map(phase => ({...phase, name: '<svg onload=window.owned=1>'})),
        },
      },
      BY,
    );
    const now = house.store.now();
    const made = makeLink({by: 'liu', createdAt: now, until: now + 3_600_000, mask: false});
    await house.store.feature('evil').shares.write(made.record.name, made.record.text);
    link = `${house.url}/s/${made.token}`;
    record = made.record.name;
    // The server finds a new feature by looking.
    await eventually(async () => {
      const {status} = await fetch(link, {headers: {accept: 'text/html'}});
      if (status !== 200) throw new Error(`the link answers ${status}`);
    });
  });
  afterAll(async () => {
    await controller?.close();
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  it('runs no script of a name or a text, first shown or sent later', async () => {
    const alert = async (index: number) =>
      await controller.execute(
        {type: 'alert', alert: `a-${index}`, level: 'critical', message: SCRIPTS[index % SCRIPTS.length]!},
        BY,
      );
    await house.store.feature('evil').samples.write([
      ['side', 'gray', 'requests', '9', '<img src=x onerror=window.owned=1>', '1'],
      ['side', 'prod', 'requests', '9', '<img src=x onerror=window.owned=1>', '1'],
    ]);
    await alert(0);
    await alert(1);
    await tab.open(link);
    for (let index = 2; index < SCRIPTS.length; index++) await alert(index);
    await eventually(async () =>
      expect(await tab.run<string>("document.getElementById('log').textContent")).toContain('constructor'),
    );
    const seen = await tab.run<string>('document.body.innerText');
    expect(seen).toContain('<script>window.owned=1</script>');
    expect(seen).toContain('</style></script><svg onload');
    expect(seen).not.toContain('\u202E');
    expect(await tab.run<string>('typeof window.owned')).toBe('undefined');
    expect(
      await tab.run<number>("document.querySelectorAll('img, main script, [onerror], [onload]').length"),
    ).toBe(0);
    // The policy keeps out even what would have been let in.
    await tab.run("document.getElementById('log').innerHTML = '<img src=x onerror=\"window.owned=1\">'");
    expect(await tab.run<string>('typeof window.owned')).toBe('undefined');
  });

  it.each([
    [390, false],
    [390, true],
    [1200, false],
    [1200, true],
  ])('fits %i px without scrolling sideways and can be read (dark: %s)', async (width, dark) => {
    await tab.look({width, dark});
    await tab.open(link);
    expect(await tab.run<number>('document.documentElement.scrollWidth')).toBe(width);
    expect(await tab.run<number>(LEAST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
    const sides = "document.querySelector('tbody tr').getBoundingClientRect().right";
    expect(await tab.run<number>(sides)).toBeLessThanOrEqual(width);
  });

  it('says in title and icon how it is, and keeps up with the release', async () => {
    await tab.open(link);
    expect(await tab.run<string>('document.title')).toMatch(/^✖ /u);
    expect(await tab.run<string>("document.getElementById('icon').href")).toMatch(/^data:image\/svg\+xml,/u);
    await controller.execute({type: 'pause', release: 'r-2'}, {...BY, reason: 'checking'});
    await eventually(async () =>
      expect(await tab.run<string>("document.getElementById('state').textContent")).toContain('PAUSED'),
    );
  });

  it('shows the last state with its time where no script runs', async () => {
    await tab.look({width: 800, scripts: false});
    await tab.open(link);
    // Scripts of the page do not run; the protocol may still ask.
    const html = await (await fetch(link, {headers: {accept: 'text/html'}})).text();
    expect(html).toMatch(/<time>\d\d:\d\d:\d\d<\/time>/u);
    expect(html).toContain('PAUSED');
    await tab.look({width: 800});
  });

  it('goes dark when the link is revoked', async () => {
    await tab.open(link);
    expect(await tab.run<string>('document.body.innerText')).toContain('PAUSED');
    await house.store.feature('evil').shares.remove([record]);
    await eventually(async () =>
      expect((await tab.run<string>('document.body.innerText')).trim()).toBe('This link has ended.'),
    );
  });
});
