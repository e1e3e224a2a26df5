import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {OpenFeature} from '@openfeature/server-sdk';
import {OFREPProvider} from '@openfeature/ofrep-provider';
import {build} from 'esbuild';
import {afterEach, describe, expect, it} from 'vitest';
import {splitNamed} from '../audience/conformance.ts';
import {eventually} from '../patience.ts';
import {chromiumMissing, openBrowser} from '../servers/chromium.ts';
import {appendNext} from '../store/commits.ts';
import {EVALUATE, openHouse, READ, type House} from './house.ts';

const USER = {targetingKey: 'u-1'};

describe('the provider of OFREP for Node', () => {
  afterEach(() => OpenFeature.clearProviders());

  async function client(house: House, token = EVALUATE) {
    const headers: [string, string][] = [['authorization', `Bearer ${token}`]];
    await OpenFeature.setProviderAndWait(new OFREPProvider({baseUrl: house.url, headers}));
    return OpenFeature.getClient();
  }

  it('gets the decision, its reason and its metadata', async () => {
    await using house = await openHouse({features: [], splits: ['lists', 'half-of-china']});
    const flags = await client(house);
    expect(await flags.getBooleanDetails('lists', false, USER)).toMatchObject({
      value: true,
      variant: 'gray',
      reason: 'TARGETING_MATCH',
      flagMetadata: {reason: 'included', cohort: 'chosen', version: 1, release: 'r-2'},
    });
    const context = {targetingKey: 'u-131', country: 'CN', region: 'east'};
    expect(await flags.getBooleanValue('half-of-china', false, context)).toBe(true);
    expect(await flags.getBooleanValue('half-of-china', true, {...context, region: 'west'})).toBe(false);
  });

  it('follows a change, and gets its default with the code of each error', async () => {
    await using house = await openHouse({features: [], splits: ['everyone']});
    const flags = await client(house);
    expect(await flags.getBooleanValue('everyone', false, USER)).toBe(true);
    await appendNext(house.store.feature('everyone'), {split: splitNamed('rolled-back')});
    await eventually(async () =>
      expect(await flags.getBooleanDetails('everyone', true, USER)).toMatchObject({
        value: false,
        reason: 'DISABLED',
      }),
    );
    const codeOf = async (name: string, context: object) =>
      (await flags.getBooleanDetails(name, true, context as typeof USER)).errorCode;
    expect(await codeOf('unknown', USER)).toBe('FLAG_NOT_FOUND');
    expect(await codeOf('everyone', {})).toBe('TARGETING_KEY_MISSING');
    expect((await flags.getStringDetails('everyone', 'x', USER)).errorCode).toBe('TYPE_MISMATCH');
    const refused = await client(house, READ);
    expect(await refused.getBooleanDetails('everyone', true, USER)).toMatchObject({
      value: true,
      errorCode: 'GENERAL',
    });
  });
});

describe.skipIf(chromiumMissing)('the provider of OFREP in a real Chromium', () => {
  async function openPage() {
    const {outputFiles} = await build({
      entryPoints: [join(import.meta.dirname, 'programs/ofrep-page.ts')],
      bundle: true,
      write: false,
      format: 'iife',
    });
    const [script] = outputFiles;
    const server = createServer((request, response) => {
      const isScript = request.url === '/page.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script?.text : '<!doctype html><script src=/page.js></script>');
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      origin,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise(resolve => {
          server.close(resolve);
        });
      },
    };
  }

  it('evaluates across origins, hears of a change by the stream, and of another user', async () => {
    await using page = await openPage();
    await using house = await openHouse({features: [], splits: ['half'], origins: [page.origin]});
    await using browser = await openBrowser();
    const tab = await browser.tab();
    await tab.open(page.origin);
    await tab.run(`begin('${house.url}', '${EVALUATE}', 'u-131')`);
    expect(await tab.run('window.seen')).toEqual({changes: [], errors: []});
    expect(await tab.run(`details('half')`)).toMatchObject({value: true, variant: 'gray', reason: 'SPLIT'});
    await tab.run(`become('u-4')`);
    expect(await tab.run(`details('half')`)).toMatchObject({value: false, variant: 'prod'});

    await appendNext(house.store.feature('half'), {split: splitNamed('everyone')});
    await eventually(async () => {
      // The first event of a stream asks for an evaluation that may find nothing new.
      expect((await tab.run<string[][]>('window.seen.changes')).flat()).toEqual(['half']);
      expect(await tab.run(`details('half')`)).toMatchObject({value: true, variant: 'gray'});
    });
  });

  it('is refused by the browser for an origin that is not listed', async () => {
    await using page = await openPage();
    await using house = await openHouse({features: [], splits: ['half'], origins: []});
    await using browser = await openBrowser();
    const tab = await browser.tab();
    await tab.open(page.origin);
    await tab.run(`begin('${house.url}', '${EVALUATE}', 'u-131')`);
    const {errors} = await tab.run<{errors: string[]}>('window.seen');
    expect(errors.join()).toMatch(/OFREP request failed|fetch/u);
    expect(await tab.run(`details('half')`)).toMatchObject({value: false, reason: 'ERROR'});
  });
});
