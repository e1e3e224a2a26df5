import type {FleetFeature} from '../../console/present/fleet.ts';
import {readSummary} from '../../monitor/summary.ts';
import type {ViewStore} from '../../store/port.ts';

/** The newest summary of every feature of the store. @throws StoreFault */
export async function readSummaries(store: Pick<ViewStore, 'features' | 'feature'>): Promise<FleetFeature[]> {
  const features = await store.features();
  return await Promise.all(
    features.map(async feature => ({
      feature,
      summary: readSummary(await store.feature(feature).summary.read()),
    })),
  );
}
