import {PATIENCE_MS} from '../patience.ts';
/** An event as a script receives it. */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: Record<string, unknown>;
}

export class EventStream implements AsyncDisposable {
  readonly events: ServerEvent[] = [];
  readonly #abort: AbortController;
  readonly #reading: Promise<void>;
  #wake: (() => void) | null = null;

  private constructor(answer: Response, abort: AbortController) {
    this.#abort = abort;
    this.#reading = this.#read(answer).catch(() => undefined);
  }

  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const abort = new AbortController();
    const answer = await fetch(url, {headers, signal: abort.signal});
    if (answer.status !== 200) throw new Error(`events answered ${answer.status}`);
    return new EventStream(answer, abort);
  }

  /** Resolves once so many events have arrived. */
  async until(count: number): Promise<ServerEvent[]> {
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    while (this.events.length < count) {
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timeout.addEventListener('abort', () =>
          reject(new Error(`only ${this.events.length} of ${count} events`)),
        );
      });
    }
    return this.events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  async #read(answer: Response): Promise<void> {
    let rest = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line): [string, string] => {
            const colon = line.indexOf(': ');
            return [line.slice(0, colon), line.slice(colon + 2)];
          }),
        );
        const data = fields.get('data');
        if (data === undefined) continue;
        this.events.push({
          id: fields.get('id') ?? null,
          event: fields.get('event') ?? 'message',
          data: JSON.parse(data) as Record<string, unknown>,
        });
        this.#wake?.();
      }
    }
  }
}
