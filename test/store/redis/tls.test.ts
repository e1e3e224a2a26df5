import {spawnSync} from 'node:child_process';
import {copyFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {startAuthority, type Authority, type Certificate} from '../../servers/certificates.ts';
import {noteMissing} from '../../servers/missing.ts';
import {freePort} from '../../servers/ports.ts';
import {startCluster} from '../../servers/redis-cluster.ts';
import {redisMissing} from '../../servers/redis.ts';
import {eventually} from '../../patience.ts';
import {appendMany, appendNext} from '../commits.ts';
import {followLog, followSamples} from '../followed.ts';
import {workshop} from './workshop.ts';

const opensslMissing = spawnSync('openssl', ['version']).error !== undefined;
if (opensslMissing) noteMissing('openssl', 'the store on Redis behind TLS');

describe.skipIf(redisMissing || opensslMissing)('a store that wants a client certificate', () => {
  let authority: Authority;
  let client: Certificate;
  let server: Certificate;
  beforeAll(() => {
    authority = startAuthority();
    client = authority.issue('client');
    server = authority.issue('server');
  });
  afterAll(() => authority.dispose());

  const settingsOf = async () => ({
    'tls-port': String(await freePort()),
    'tls-cert-file': server.cert,
    'tls-key-file': server.key,
    'tls-ca-cert-file': authority.ca,
    'tls-auth-clients': 'yes',
  });
  const filesOf = ({cert, key}: Certificate = client) =>
    new URLSearchParams({ca: authority.ca, cert, key}).toString();

  /** Writes to a feature of this name and follows it. Gives the version that the follower has reached. */
  async function useAll(address: string, name: string, {open}: ReturnType<typeof workshop>): Promise<number> {
    const feature = (await open(address, 'operator')).feature(name);
    const followed = followLog((await open(address, 'viewer')).feature(name).log);
    const samples = followSamples(feature.samples, '0-0');
    await appendMany(feature, 2);
    await feature.samples.write([['side', 'gray', 'requests', '1']]);
    await followed.reached(2);
    await samples.got(1);
    await followed.stop();
    await samples.stop();
    return followed.commits().length;
  }

  it('serves by the files that its address names', async context => {
    const shop = workshop(context);
    const settings = await settingsOf();
    await shop.redis({settings});
    for (const host of ['localhost', '127.0.0.1']) {
      const name = host.replaceAll('.', '-');
      expect(await useAll(`rediss://${host}:${settings['tls-port']}?${filesOf()}`, name, shop)).toBe(2);
    }
  });

  it('serves on a cluster', async context => {
    const shop = workshop(context);
    const ports: string[] = [];
    const cluster = await startCluster(async () => {
      const settings = await settingsOf();
      ports.push(settings['tls-port']);
      // Without it, nodes name the ports of each other that do not speak TLS.
      return {...settings, 'tls-cluster': 'yes'};
    });
    context.onTestFinished(() => cluster.dispose());
    const nodes = ports.map(port => `127.0.0.1:${port}`).join(',');
    expect(await useAll(`redis-cluster://${nodes}?${filesOf()}`, 'f', shop)).toBe(2);
  });

  it('serves behind sentinels that want one, too, and a password of their own', async context => {
    const shop = workshop(context);
    const settings = await settingsOf();
    const primary = await shop.redis({settings: {...settings, 'tls-replication': 'yes'}});
    const own = await settingsOf();
    const sentinel = await shop.redis({
      requirepass: 'sesame',
      sentinel: [
        'requirepass sesame',
        'tls-replication yes',
        ...Object.entries(own).map(([name, value]) => `${name} ${value}`),
        `sentinel monitor deck 127.0.0.1 ${settings['tls-port']} 1`,
      ],
    });
    const password = join(sentinel.folder, 'password');
    writeFileSync(password, 'sesame\n');
    const address = `redis-sentinel://127.0.0.1:${own['tls-port']}/deck?${filesOf()}`;
    const known = `${address}&sentinelPasswordFile=${password}`;
    await eventually(async () => expect(await (await shop.open(known, 'viewer')).features()).toEqual([]));
    expect(await useAll(known, 'f', shop)).toBe(2);
    expect(await primary.admin.xlen('graydeck:{f}:log')).toBe(2);
    await expect(shop.open(address, 'viewer')).rejects.toMatchObject({
      code: 'store-no-rights',
      message: expect.stringContaining('sentinels') as string,
      hint: expect.stringContaining('GRAYDECK_SENTINEL_PASSWORD') as string,
    });
  });

  it('says which file is missing, foreign or wrong', async context => {
    const {redis, open} = workshop(context);
    const settings = await settingsOf();
    const {folder} = await redis({settings});
    const place = `rediss://localhost:${settings['tls-port']}`;
    const whyOf = async (address: string) => {
      const health = await (await open(address, 'viewer')).health();
      return health.state === 'away' ? health.why : 'up';
    };
    expect(await whyOf(place)).toContain('its certificate is not trusted');
    expect(await whyOf(`${place}?ca=${authority.ca}`)).toContain('it wants a client certificate');
    const other = startAuthority();
    context.onTestFinished(() => other.dispose());
    expect(await whyOf(`${place}?${filesOf(other.issue('client'))}`)).toContain(
      'it does not accept the client certificate',
    );
    expect(await whyOf(`${place}?${filesOf({cert: client.cert, key: server.key})}`)).toContain(
      'do not belong together',
    );
    const junk = join(folder, 'junk');
    writeFileSync(junk, 'junk');
    expect(await whyOf(`${place}?${filesOf({cert: junk, key: client.key})}`)).toContain('is not PEM');
    await expect(open(`${place}?ca=${join(folder, 'none')}`, 'viewer')).rejects.toMatchObject({
      code: 'store-no-rights',
      message: expect.stringContaining(join(folder, 'none')) as string,
    });
  });

  it('serves by the certificate that the files hold when it connects anew', async context => {
    const {redis, open} = workshop(context);
    const settings = await settingsOf();
    const {admin, folder} = await redis({settings});
    const [cert, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')];
    copyFileSync(client.cert, cert);
    copyFileSync(client.key, key);
    const store = await open(
      `rediss://localhost:${settings['tls-port']}?${filesOf({cert, key})}`,
      'operator',
    );
    await appendNext(store.feature('f'));
    // The authority is replaced on the server, then the client's files are.
    const next = startAuthority();
    context.onTestFinished(() => next.dispose());
    const renewed = next.issue('client');
    const both = join(folder, 'both.pem');
    spawnSync('sh', ['-c', `cat ${next.ca} > ${both}`]);
    await admin.config('SET', 'tls-ca-cert-file', both);
    copyFileSync(renewed.cert, cert);
    copyFileSync(renewed.key, key);
    await admin.client('KILL', 'TYPE', 'normal');
    await eventually(async () => expect((await appendNext(store.feature('f'))).version).toBe(2));
  });
});
