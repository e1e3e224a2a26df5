import {fieldOf} from './field.ts';
import {only, open, type PressContext, type Step} from './step.ts';
import {changeUi, type Ui} from '../ui.ts';

/** A key while the list of all features has the screen. */
export function pressOnFleet(ui: Ui, key: string, context: PressContext): Step {
  const {fleet, t, at, mayAct} = context;
  const picked = pickedFeature(ui, fleet);
  switch (key) {
    case 'Up':
    case 'k':
      return only(movedBy(ui, -1, fleet));
    case 'Down':
    case 'j':
      return only(movedBy(ui, 1, fleet));
    case 'Home':
      return only({...ui, feature: fleet[0] ?? null});
    case 'End':
      return only({...ui, feature: fleet.at(-1) ?? null});
    case 'Enter':
    case 'r': {
      if (picked === null) return only(ui);
      if (key === 'r' && !mayAct) return only(changeUi(ui, {type: 'refused', at, text: t.readOnlyKey(key)}));
      // The question names the release, so it is asked where the release is in sight.
      return only(
        {...ui, screen: 'feature', note: null},
        {type: 'open-feature', feature: picked, ...(key === 'r' ? {then: key} : {})},
      );
    }
    case 'o':
    case 'Escape':
      return ui.filters.fleet === ''
        ? only({...ui, screen: 'feature'})
        : only({...ui, filters: {...ui.filters, fleet: ''}});
    case '/':
      return open(ui, {kind: 'filter', panel: 'fleet', field: fieldOf(ui.filters.fleet)});
    case '?':
      return open(ui, {kind: 'help', scroll: 0});
    case 'q':
      return only(ui, {type: 'quit', code: 0});
    default:
      return key.length > 12
        ? only(ui)
        : only(changeUi(ui, {type: 'note', note: {text: t.fleet.unbound(key), tone: 'quiet', at}}));
  }
}

/** The picked feature; the first if the picked one is not in the list. Null if the list is empty. */
export function pickedFeature({feature}: Pick<Ui, 'feature'>, fleet: readonly string[]): string | null {
  return feature !== null && fleet.includes(feature) ? feature : (fleet[0] ?? null);
}

function movedBy(ui: Ui, by: 1 | -1, fleet: readonly string[]): Ui {
  const index = fleet.indexOf(pickedFeature(ui, fleet) ?? '');
  return {...ui, feature: fleet[Math.min(fleet.length - 1, Math.max(0, index + by))] ?? null};
}
