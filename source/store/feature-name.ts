import {isFeatureName} from '../release/name.ts';

/** The same on every store. @throws RangeError for a name that no feature can have. */
export function checkFeatureName(feature: string): string {
  if (isFeatureName(feature)) return feature;
  throw new RangeError('A feature is named by 1 to 64 of a-z, 0-9, "_" and "-", not "_" or "-" first.');
}
