import type {Run} from '../call.ts';
import {openMeasurements} from '../measure.ts';
import {openLook, using} from '../session.ts';
import {watchStatus} from '../status/watch.ts';
import {readWindow} from './status.ts';

/** `watch`: the console; without a terminal a line for each change. */
export const run: Run = async call => {
  call.out.say('no terminal: a line for each change follows; graydeck status --watch does the same');
  return await using(openLook(call), async ({feature, view, settings}) => {
    const measurements = openMeasurements(feature, view, settings);
    await measurements.start();
    try {
      return await watchStatus(call, feature, view, measurements.windows, readWindow(call));
    } finally {
      await measurements.close();
    }
  });
};
