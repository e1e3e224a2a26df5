import {readArgv} from '../plan/hooks.ts';
import {child, isMapping, type Reader, type Spot} from '../yaml/reader.ts';

const EXAMPLE = 'gray: [systemctl, is-active, pay-gray]';

/** `services:`: commands that tell by their exit code whether what a release needs is up. */
export function readServices(reader: Reader, spot: Spot): Record<string, string[]> {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {message: 'services are a mapping of names to commands', allowed: EXAMPLE});
    return {};
  }
  const entries = Object.keys(spot.value).flatMap((key): [string, string[]][] => {
    const argv = readArgv(reader, child(spot, key), EXAMPLE);
    return argv === undefined ? [] : [[key, argv]];
  });
  return Object.fromEntries(entries);
}
