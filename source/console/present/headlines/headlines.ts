import {isLive, type Release} from '../../../release/state.ts';
import type {Headline} from './headline.ts';
import {ofAlerts, ofJunk, ofRouters, ofTheStore, ofTheStream} from './around.ts';
import {calm, ofGray} from './gray.ts';
import {ofBothSides, ofEvidence, ofUnmeasured} from './judged.ts';
import {ofBarred, ofTheRelease} from './release.ts';
import {doubtsOfPhase, doubtWords} from './doubts.ts';
import type {MetricRow} from '../sides/metric-rows.ts';
import {routersAgainst} from '../routers.ts';
import type {ViewModel} from '../view-model.ts';

/** So long after a phase was entered its doubts are said above, milliseconds; in the verdict they stay. */
const DOUBTS_SHOWN_MS = 10 * 60_000;

/** Everything worth a headline, the most urgent first; there is always one. */
export function headlines(scene: ViewModel, rows: readonly MetricRow[]): Headline[] {
  const {release} = scene.reading.snapshot.state;
  const routers = routersAgainst(scene.reading);
  const found = [
    ...ofTheStore(scene),
    ...(release === null ? [] : ofTheRelease(release, scene, routers)),
    ...(release === null || !isLive(release) ? [] : ofBarred(release, scene)),
    ...(release === null ? [] : ofTheSides(scene, rows)),
    ...ofAlerts(scene),
    ...(release === null ? [] : ofRouters(release, scene, routers)),
    ...ofTheStream(scene, rows),
    ...ofUnmeasured(scene),
  ];
  const first = found.length > 0 ? found : [calm(release, scene, rows)];
  return [...first, ...ofDoubts(release, scene), ...ofJunk(scene)];
}

/** What is wrong with the sides; where both are sick, gray standing out against its limit is no news. */
function ofTheSides(scene: ViewModel, rows: readonly MetricRow[]): Headline[] {
  const both = ofBothSides(scene);
  return both.length > 0 ? both : [...ofEvidence(scene, rows), ...ofGray(scene, rows)];
}

/** What the plan cannot show in the phase that has just begun. */
function ofDoubts(release: Release | null, scene: ViewModel): Headline[] {
  const {reading, t, clean} = scene;
  const enteredAt = release?.phaseEnteredAt ?? null;
  if (release === null || enteredAt === null || reading.at - enteredAt > DOUBTS_SHOWN_MS) return [];
  const [doubt] = doubtsOfPhase(reading);
  if (doubt === undefined) return [];
  const text = doubtWords(doubt, release.plan, t, clean);
  return [{mark: '▲', tone: 'warn', isLoud: false, text, hint: ''}];
}
