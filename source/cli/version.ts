import {createRequire} from 'node:module';

/** Put in by the build; without a build (tests, development) the name is not defined. */
declare const GRAYDECK_VERSION: string | undefined;

const fromPackage = (): string => {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isNamed ? String(manifest.version) : 'unknown';
};

/** The program's version as package.json states it, e.g. `0.1.0`. */
export const version = typeof GRAYDECK_VERSION === 'string' ? GRAYDECK_VERSION : fromPackage();
