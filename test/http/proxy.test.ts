import {expect, test} from 'vitest';
import {BadProxy, proxyFor} from '../../source/http/proxy.ts';

const PROXY = 'http://proxy.example:3128/';

test.each<[string, Record<string, string>, string | null]>([
  ['http://a.example', {HTTP_PROXY: PROXY}, PROXY],
  ['http://a.example', {http_proxy: PROXY, HTTP_PROXY: 'http://other'}, PROXY],
  ['http://a.example', {HTTPS_PROXY: PROXY}, null],
  ['https://a.example', {HTTPS_PROXY: PROXY}, PROXY],
  ['https://a.example', {HTTP_PROXY: PROXY}, null],
  ['https://a.example', {ALL_PROXY: PROXY}, PROXY],
  ['https://a.example', {HTTPS_PROXY: 'proxy.example:3128'}, PROXY],
  ['https://a.example', {HTTPS_PROXY: ''}, null],
  ['https://a.example', {HTTPS_PROXY: PROXY, NO_PROXY: 'b.example, a.example'}, null],
  ['https://x.a.example', {HTTPS_PROXY: PROXY, NO_PROXY: 'a.example'}, null],
  ['https://x.a.example', {HTTPS_PROXY: PROXY, NO_PROXY: '.a.example'}, null],
  ['https://x.a.example', {HTTPS_PROXY: PROXY, NO_PROXY: '*.a.example'}, null],
  ['https://xa.example', {HTTPS_PROXY: PROXY, NO_PROXY: 'a.example'}, PROXY],
  ['https://A.example', {HTTPS_PROXY: PROXY, no_proxy: 'a.EXAMPLE'}, null],
  ['https://a.example', {HTTPS_PROXY: PROXY, NO_PROXY: '*'}, null],
  ['https://a.example', {HTTPS_PROXY: PROXY, NO_PROXY: 'a.example:8443'}, PROXY],
  ['https://a.example:8443', {HTTPS_PROXY: PROXY, NO_PROXY: 'a.example:8443'}, null],
  ['http://a.example', {HTTP_PROXY: PROXY, NO_PROXY: 'a.example:80'}, null],
  ['http://10.2.3.4', {HTTP_PROXY: PROXY, NO_PROXY: '10.0.0.0/8'}, null],
  ['http://11.2.3.4', {HTTP_PROXY: PROXY, NO_PROXY: '10.0.0.0/8'}, PROXY],
  ['http://127.0.0.1:9090', {HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1'}, null],
  ['http://127.0.0.1:9090', {HTTP_PROXY: PROXY}, PROXY],
  ['http://[::1]:9090', {HTTP_PROXY: PROXY, NO_PROXY: '::1'}, null],
  ['http://[::1]:9090', {HTTP_PROXY: PROXY, NO_PROXY: '[::1]:9090'}, null],
  ['http://[fd00::5]', {HTTP_PROXY: PROXY, NO_PROXY: 'fd00::/8'}, null],
])('%s with %j goes by %s', (address, env, proxy) => {
  expect(proxyFor(new URL(address), env)?.href ?? null).toBe(proxy);
});

test('what names no HTTP proxy is refused by the name of the variable, and not repeated', () => {
  const read = () => proxyFor(new URL('https://a.example'), {https_proxy: 'socks5://deck:hunter2@p'});
  expect(read).toThrow(BadProxy);
  expect(read).toThrow('https_proxy is not the address of an HTTP proxy');
});
