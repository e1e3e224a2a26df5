import {dirname, resolve} from 'node:path';
import type {NginxConfig} from '../../config/project/nginx.ts';
import type {Settings} from '../session/settings.ts';

/** The edge that the configuration speaks of, its paths from where they stand; null: it speaks of none. */
export function edgeConfigOf({config}: Pick<Settings, 'config'>): NginxConfig | null {
  const nginx = config?.value.nginx ?? null;
  if (config === null || nginx === null) return null;
  const folder = dirname(resolve(config.path));
  const {include, reload} = nginx;
  return {
    ...nginx,
    include: resolve(folder, include),
    reload: 'pidFile' in reload ? {pidFile: resolve(folder, reload.pidFile)} : reload,
  };
}
