import {join} from 'node:path';
import type {EdgeSite, EdgeSource} from '../../source/audience/latch.ts';
import {openEdge, type Edge, type EdgeOptions} from '../../source/nginx/edge.ts';
import {renderEdge} from '../../source/nginx/render.ts';
import {siteOf} from './site.ts';
import {askMany, NGINX, startNginx, type NginxServer} from '../servers/nginx.ts';
import {freePort} from '../servers/ports.ts';

/** A real nginx as an agent finds it: a site that includes the file, and two backends behind it. */
export interface EdgePlace extends AsyncDisposable {
  nginx: NginxServer;
  site: EdgeSite;
  options: EdgeOptions;
  edge: Edge;
  /** The site's own port. */
  port: number;
  include: string;
  /** The backend that answers each of these users now. */
  backends(...users: string[]): Promise<string[]>;
}

/** `backends`: ports of two that run elsewhere; null: the same nginx answers for them. */
export async function openEdgePlace(
  features: readonly string[],
  attributes: Readonly<Record<string, EdgeSource>> = {},
  backends: {prod: number; gray: number} | null = null,
): Promise<EdgePlace> {
  const [port, probe] = await Promise.all([freePort(), freePort()]);
  const {prod, gray} = backends ?? {prod: await freePort(), gray: await freePort()};
  const site = siteOf(features, {attributes, probe: {host: '127.0.0.1', port: probe}});
  const backend = (name: string, at: number) => `server { listen 127.0.0.1:${at}; return 200 ${name}; }`;
  const locations = features.map(name => `location /${name} { proxy_pass http://$gray_upstream_${name}; }`);
  const nginx = await startNginx({
    main: 'worker_processes 2; worker_shutdown_timeout 1s;',
    http: `
      upstream app_prod { server 127.0.0.1:${prod}; keepalive 8; }
      upstream app_gray { server 127.0.0.1:${gray}; keepalive 8; }
      ${backends === null ? `${backend('prod', prod)} ${backend('gray', gray)}` : ''}
      include FOLDER/graydeck.conf;
      server { listen 127.0.0.1:${port}; ${locations.join('\n')} include FOLDER/more.conf; }`,
    files: {'graydeck.conf': renderEdge(new Map(), site).text, 'more.conf': ''},
  });
  const include = join(nginx.folder, 'graydeck.conf');
  const test = [NGINX, '-t', '-c', nginx.config, '-e', join(nginx.folder, 'error.log'), '-p', nginx.folder];
  const options: EdgeOptions = {include, test, reload: {pidFile: nginx.pidFile}, probe: site.probe};
  const edge = openEdge(options);
  return {
    nginx,
    site,
    options,
    edge,
    port,
    include,
    backends: (...users) =>
      askMany(
        port,
        users.map(user => ({headers: {'x-user-id': user}, path: `/${features[0] ?? ''}`})),
      ),
    [Symbol.asyncDispose]: () => nginx.dispose(),
  };
}
