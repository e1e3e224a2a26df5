import {expect, test} from 'vitest';
import {checkWorkerShutdown, findShutdown} from '../../source/cli/checks/edge.ts';
import {nginxMissing, startNginx, NGINX} from '../servers/nginx.ts';

test.each([
  ['worker_shutdown_timeout 5s;', 0],
  ['  worker_shutdown_timeout   5;', 0],
  ['worker_shutdown_timeout 500ms;', 0],
  ['worker_processes 2; worker_shutdown_timeout 5s;', 0],
  ['worker_shutdown_timeout 1m;', 1],
  ['#worker_shutdown_timeout 5s;', 1],
  ['', 1],
])('a site with "%s" keeps its part of a bound of 5 s, or is doubtful', (line, doubts) => {
  expect(findShutdown(`# configuration file nginx.conf:\n${line}\n`, 5000)).toHaveLength(doubts);
  expect(findShutdown(line, 5000)).toEqual([]);
});

test.skipIf(nginxMissing)('a real nginx is asked for its whole configuration', async () => {
  const nginx = await startNginx({http: ''});
  try {
    const argv = [NGINX, '-t', '-c', nginx.config, '-p', nginx.folder];
    expect(await checkWorkerShutdown(argv, 5000)).toMatchObject([
      {level: 'doubt', remedy: expect.stringContaining('5s')},
    ]);
    expect(await checkWorkerShutdown(['false', '-t'], 5000)).toEqual([]);
  } finally {
    await nginx.dispose();
  }
});
