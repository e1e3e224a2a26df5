import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {EdgeSource} from '../../source/audience/latch.ts';
import {renderEdge} from '../../source/nginx/render.ts';
import {
  CASES,
  edgeRefusalOf,
  REQUESTS,
  sentLines,
  SPLITS,
  splitNamed,
  type RoutingCase,
} from '../audience/conformance.ts';
import {askMany, nginxMissing, startNginx, type Asking, type NginxServer} from '../servers/nginx.ts';
import {freePort} from '../servers/ports.ts';
import {siteOf, wire} from './site.ts';

const header = (name: string) => ({header: name});
const ATTRIBUTES = {
  country: header('x-country'),
  region: header('x-region'),
  user_type: header('x-user-type'),
  level: header('x-level'),
  last_login: header('x-last-login'),
  case_count: header('x-case-count'),
  registration_date: header('x-registration-date'),
};

const asked = CASES.filter(one => one.sdkOnly === undefined && edgeRefusalOf(one.split) === undefined);

/** The request that says of a user what the case says. */
function requestOf({split, user, headers = {}, cookies = {}, address = '203.0.113.1'}: RoutingCase): Asking {
  const said: Record<string, string> = {...headers, 'x-forwarded-for': address};
  const put = (name: string, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') said[name] = wire(`${value}`);
  };
  put('x-user-id', user.id);
  for (const [name, {header}] of Object.entries(ATTRIBUTES)) put(header, user[name]);
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${wire(value)}`);
  if (pairs.length > 0) said['cookie'] = pairs.join('; ');
  return {headers: said, path: `/${split}`};
}

/** An nginx that answers at `/SPLIT` what it decides. */
async function serving(
  user: EdgeSource,
): Promise<{nginx: NginxServer; port: number; refused: Map<string, string>}> {
  const [port, probe] = [await freePort(), await freePort()];
  const splits = new Map(SPLITS.map(name => [`c-${name}`, splitNamed(name)]));
  const site = siteOf([...splits.keys()], {
    user,
    attributes: ATTRIBUTES,
    probe: {host: '127.0.0.1', port: probe},
  });
  const file = renderEdge(splits, site);
  const locations = SPLITS.map(name => {
    const suffix = `c_${name.replaceAll('-', '_')}`;
    return `location = /${name} { return 200 "$gray_side_${suffix} $gray_reason_${suffix} $gray_cohort_${suffix}"; }`;
  });
  const nginx = await startNginx({
    http:
      'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; include FOLDER/graydeck.conf;' +
      `server { listen 127.0.0.1:${port}; ${locations.join('\n')} }`,
    files: {'graydeck.conf': file.text},
  });
  return {nginx, port, refused: new Map(file.refusals.map(({feature, message}) => [feature, message]))};
}

describe.skipIf(nginxMissing)('nginx and the requests of the conformance file', () => {
  test.each(['header', 'cookie'] as const)('agree where the id comes by %s', async from => {
    const {nginx, port} = await serving(from === 'header' ? header('x-user-id') : {cookie: 'uid'});
    try {
      const requests = REQUESTS.filter(({idFrom = 'header'}) => idFrom === from);
      const bodies = await askMany(
        port,
        requests.map(one => ({lines: sentLines(one), path: `/${one.split}`})),
      );
      const wrong = requests.flatMap(({name, expect: {side, reason, cohort}}, at) => {
        const said = `${side} ${reason} ${cohort}`;
        return bodies[at] === said ? [] : [`${name}: ${said}, not ${bodies[at]}`];
      });
      expect(wrong).toEqual([]);
      expect(requests.length).toBeGreaterThan(30);
    } finally {
      await nginx.dispose();
    }
  });
});

describe.skipIf(nginxMissing)('nginx and the cases of the conformance file', () => {
  let nginx: NginxServer;
  let refused: Map<string, string>;
  let bodies: string[];
  beforeAll(async () => {
    const edge = await serving(header('x-user-id'));
    ({nginx, refused} = edge);
    bodies = await askMany(edge.port, asked.map(requestOf));
  });
  afterAll(() => nginx.dispose());

  test('agree in side, reason and cohort', () => {
    const wrong = asked.flatMap(({name, expect: {side, reason, cohort}}, at) => {
      const said = `${side} ${reason} ${cohort}`;
      return bodies[at] === said ? [] : [`${name}: ${said}, not ${bodies[at]}`];
    });
    expect(wrong).toEqual([]);
    expect(asked.length).toBeGreaterThan(100);
  });

  test('what an edge cannot express is refused naming what it is, and only that', () => {
    const wrong = SPLITS.filter(name => {
      const why = edgeRefusalOf(name);
      const said = refused.get(`c-${name}`);
      return why === undefined ? said !== undefined : said?.includes(why) !== true;
    });
    expect(wrong).toEqual([]);
  });
});
