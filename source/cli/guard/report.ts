import {plainText} from '../../text/plain-text.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Role} from '../../guard/keep-guard.ts';
import type {Call} from '../call.ts';
import {commitDocument, commitLines} from '../output/log-lines.ts';
import {timeOfDay} from '../../console/present/moment.ts';

/** What a headless guard tells of one feature: a line for each change, of the log and of its own part. */
export interface Report {
  onRole(role: Role): void;
  /** Told once for as long as it stays the same; null: it is over. */
  onTrouble(why: string | null): void;
  close(): void;
}

const WIDTH = 200;
/** A trouble may name a way out at its end. */
const TROUBLE_WIDTH = 500;

/** Begins to tell; of the log only what is written from now on. */
export function reportOn(call: Call, view: ControllerView): Report {
  const {out} = call;
  const {feature} = view;
  let tell: ReturnType<typeof commitLines> | null = null;
  let told = 0;
  let trouble: string | null = null;

  const line = (text: string, document: Record<string, unknown>) => {
    const at = view.now();
    if (out.isJson) out.json({schema: 'graydeck.guard/1', feature, at, ...document});
    else out.data(`${out.paint('dim', timeOfDay(at))}  ${feature}  ${text}`);
  };
  const catchUp = () => {
    const {state, head, link} = view.snapshot();
    if (link.state === 'opening') return;
    if (tell === null) {
      tell = commitLines(call, view.now(), {state, head: `${feature}  `});
      told = head?.version ?? 0;
      return;
    }
    // A log that was read again from its start is not told again.
    told = Math.min(told, head?.version ?? 0);
    for (const commit of view.commits().slice(told)) {
      told = commit.version;
      if (out.isJson) out.json(commitDocument(feature, commit));
      else for (const text of tell(commit)) out.data(text);
    }
  };
  catchUp();
  const stop = view.subscribe(catchUp);

  return {
    onRole(role) {
      switch (role.role) {
        case 'acting':
          line(`this is the guard now, epoch ${role.epoch}`, role);
          return;
        case 'standing-by': {
          const name = view.snapshot().state.guard?.name ?? null;
          line(`standing by${name === null ? '' : `: ${plainText(name, 80)} is the guard`}`, {
            ...role,
            guard: name,
          });
          return;
        }
        case 'away': {
          const why = plainText(role.why, WIDTH);
          line(`cannot be the guard now: ${why}`, {...role, why});
          return;
        }
        case 'handed-over':
          line('handed over', role);
      }
    },
    onTrouble(why) {
      const said = why === null ? null : plainText(why, TROUBLE_WIDTH);
      if (said === trouble) return;
      trouble = said;
      line(said === null ? 'judges again' : `cannot judge: ${said}`, {trouble: said});
    },
    close: stop,
  };
}
