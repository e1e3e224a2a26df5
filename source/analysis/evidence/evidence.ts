import {load, save} from './checkpoint.ts';
import {Coverage} from './coverage.ts';
import {Findings, METRICS} from './findings.ts';
import {Hosts} from './hosts.ts';
import {Limits} from './limits.ts';
import {metricEvidence} from './metric-evidence.ts';
import {PastEvidence} from './past.ts';
import type {
  CreateEvaluator,
  EvidenceEvaluator,
  EvidenceOptions,
  EvidenceReading,
  EvidenceSnapshot,
  Footing,
} from './reading.ts';
import {PeopleShare, Surplus} from './share.ts';
import {Stratum} from './stratum.ts';
import type {EvidenceTick, HistoryTick, SideTick} from './tick.ts';

/** What each of `METRICS` gets of the budget. */
const WEIGHTS = [0.38, 0.24, 0.38];
/** Of its part, what conversions keep that never happened in prod's history, and the requests such a finding takes. */
const UNUSED = 0.1;
const ENOUGH = 500;
/** Of a metric's part, what goes to prod's past. */
const LN_PAST = Math.log(0.1);
/**
 * Where people are known, requests may speak of response times as well, as far as people allow: their wealth is at most
 * this power of the wealth by people. Of errors they may not: a client that fails in a loop is one person.
 */
const REQUESTS_POWER = 3;
const LN_REQUESTS = Math.log(0.2);
const LN_PEOPLE = Math.log(0.8);
/** Seconds over which growth is averaged for the forecast. */
const GROWTH_MEMORY = 20;

/** What a checkpoint holds. */
class State {
  readonly limits = new Limits();
  readonly stratum = new Stratum();
  readonly coverage = new Coverage();
  readonly share = new PeopleShare();
  readonly surplus = new Surplus();
  readonly hosts = new Hosts();
  readonly people: Findings;
  readonly requests: Findings;
  readonly past = new PastEvidence();
  /** By metric: log of its weight, of its e-value without it, when it decided, whether prod's past says so, or one host. */
  readonly weights = [0, 0, 0];
  readonly logE = [0, 0, 0];
  readonly decidedAt = [Number.NaN, Number.NaN, Number.NaN];
  readonly isByPast = [0, 0, 0];
  readonly isOneHost = [0, 0, 0];
  hasBegun = false;
  t = Number.NaN;
  peak = Number.NEGATIVE_INFINITY;
  greatest = 0;
  growth = 0;
  historyRequests = 0;
  historyConversions = 0;

  constructor({margin}: EvidenceOptions) {
    this.people = new Findings('people', margin);
    this.requests = new Findings('requests', margin);
  }

  /** Makes room for the findings at every limit that is open. */
  grow(): void {
    this.people.grow(this.limits);
    this.requests.grow(this.limits);
  }
}

class Evaluator implements EvidenceEvaluator {
  readonly #options: EvidenceOptions;
  readonly #limit: number;
  readonly #state: State;

  constructor(options: EvidenceOptions, state = new State(options)) {
    this.#options = options;
    this.#limit = -Math.log(options.falseAlarms);
    this.#state = state;
  }

  history({t, prod}: HistoryTick): void {
    const state = this.#state;
    if (state.hasBegun || !(t > state.t || Number.isNaN(state.t))) return;
    state.t = t;
    state.historyRequests += prod.requests;
    state.historyConversions += prod.conversions;
    state.limits.times.learn(prod.hist);
    state.past.learn(t, prod);
    state.hosts.learn(prod);
    this.#learn(t, prod);
    state.limits.review(t);
    state.grow();
  }

  observe(tick: EvidenceTick): EvidenceReading {
    const {t} = tick;
    const state = this.#state;
    // A second that was shown before, or comes late, says nothing any more.
    if (!(t > state.t || Number.isNaN(state.t))) return this.#read();
    const seconds = Number.isNaN(state.t) ? 1 : Math.min(t - state.t, 60);
    state.t = t;
    if (!state.hasBegun) this.#begin();
    const {limits, stratum, past} = state;
    const checked = state.coverage.check(tick, seconds);
    state.share.observe(checked);
    state.hosts.observe(tick, seconds);
    stratum.add(checked, seconds, limits);
    if (stratum.isWhole) {
      if (state.coverage.isNamed) state.people.observe(t, stratum, limits, state.share, 0);
      const surplus = state.surplus.observe(checked.grayShare ?? Number.NaN, stratum);
      state.requests.observe(t, stratum, limits, state.share, surplus);
      stratum.clear();
      // Limits are opened between strata, so that none is counted in part.
      limits.review(t);
      state.grow();
    }
    this.#learn(t, checked.prod);
    past.observe(tick);
    past.learn(t, tick.prod);
    limits.times.learn(tick.prod.hist);
    limits.times.learn(tick.gray.hist);
    this.#sumUp();
    return this.#read();
  }

  read(): EvidenceReading | null {
    return this.#state.hasBegun ? this.#read() : null;
  }

  startAgain(metric: string): void {
    const index = METRICS.findIndex(one => one === metric);
    if (index < 0) return;
    this.#state.people.startAgain(index);
    this.#state.requests.startAgain(index);
    this.#state.past.of(index)?.startAgain();
    this.#state.decidedAt[index] = Number.NaN;
    this.#sumUp();
  }

  /** The parts of the budget, once and for all. */
  #begin(): void {
    const state = this.#state;
    state.hasBegun = true;
    const isUnused = state.historyConversions === 0 && state.historyRequests >= ENOUGH;
    const parts = WEIGHTS.map((weight, index) => (isUnused && index === 1 ? UNUSED * weight : weight));
    const sum = parts.reduce((total, part) => total + part, 0);
    for (const [index, part] of parts.entries()) state.weights[index] = Math.log(part / sum);
    state.limits.begin(state.t);
    state.hosts.begin();
    state.grow();
  }

  #learn(t: number, prod: SideTick): void {
    const {people, requests, limits} = this.#state;
    people.learn(t, prod, limits);
    requests.learn(t, prod, limits);
  }

  /** Log of the e-value of a metric on the footing in use, its weight not yet in it. */
  #standing(metric: number): number {
    const alone = this.#regardless(metric);
    // Hosts are asked only where there is something that they could limit.
    return alone > 0 ? Math.min(alone, this.#state.hosts.atMost(METRICS[metric] ?? '')) : alone;
  }

  /** The same, whatever hosts say. */
  #regardless(metric: number): number {
    const {people, requests, limits, coverage} = this.#state;
    if (!coverage.isByPeople) return requests.best(metric, limits).logE;
    const {logE} = people.best(metric, limits);
    if (METRICS[metric] !== 'response_time') return logE;
    const byRequests = Math.min(requests.best(metric, limits).logE, REQUESTS_POWER * logE);
    return Math.max(logE + LN_PEOPLE, byRequests + LN_REQUESTS);
  }

  /** The greatest e-value, each times its weight: by the union of what may go wrong, one budget for all. */
  #sumUp(): void {
    const state = this.#state;
    const {isOne} = state.hosts;
    let greatest = Number.NEGATIVE_INFINITY;
    for (const metric of METRICS.keys()) {
      const standing = this.#standing(metric);
      const gross = state.past.isSpeaking(state.t) ? state.past.of(metric) : null;
      const past = gross === null ? Number.NEGATIVE_INFINITY : Math.log(gross.capital.total) + LN_PAST;
      const logE = Math.max(standing, past);
      const weighed = logE + (state.weights[metric] ?? 0);
      const isDecided = !Number.isNaN(state.decidedAt[metric]);
      if (weighed >= this.#limit && !isDecided) state.decidedAt[metric] = state.t;
      // What decided is told from then on, until more than history says so.
      const isSure = standing + (state.weights[metric] ?? 0) >= this.#limit;
      if (!isDecided || isSure) state.isByPast[metric] = past > standing && !isSure ? 1 : 0;
      if (!isDecided || isSure)
        state.isOneHost[metric] = isOne && METRICS[metric] !== 'conversion_rate' ? 1 : 0;
      state.logE[metric] = logE;
      greatest = Math.max(greatest, weighed);
    }
    state.growth += (greatest - state.greatest - state.growth) / GROWTH_MEMORY;
    state.greatest = greatest;
    state.peak = Math.max(state.peak, greatest);
  }

  #footing(metric: number): Footing {
    if (this.#state.isByPast[metric] === 1) return 'history';
    return this.#state.coverage.isByPeople ? 'people' : 'requests';
  }

  /** The metric that decided first (what may pause only last of all), else the one that speaks most; null where none speaks. */
  #worst(): number | null {
    const {decidedAt, isByPast, isOneHost, logE, weights} = this.#state;
    const metrics = [...METRICS.keys()];
    const decided = metrics.filter(metric => !Number.isNaN(decidedAt[metric]));
    const rank = (metric: number) =>
      Math.max(isByPast[metric] ?? 0, isOneHost[metric] ?? 0) * 1e12 + (decidedAt[metric] ?? 0);
    if (decided.length > 0) return decided.reduce((a, b) => (rank(b) < rank(a) ? b : a));
    const speaking = metrics.filter(metric => (logE[metric] ?? 0) > 0);
    const weighed = (metric: number) => (logE[metric] ?? 0) + (weights[metric] ?? 0);
    return speaking.length === 0 ? null : speaking.reduce((a, b) => (weighed(b) > weighed(a) ? b : a));
  }

  #read(): EvidenceReading {
    const state = this.#state;
    const limit = this.#limit;
    const at = this.#worst();
    const decidedAt = at === null ? Number.NaN : (state.decidedAt[at] ?? Number.NaN);
    const isDecided = !Number.isNaN(decidedAt);
    const metrics = [...METRICS.keys()].map(metric =>
      metricEvidence(metric, state, {
        footing: this.#footing(metric),
        logE: state.logE[metric] ?? 0,
        limit: limit - (state.weights[metric] ?? 0),
      }),
    );
    const worst = at === null ? null : (metrics[at] ?? null);
    const isBetter = metrics.some(({direction}) => direction === 'gray-better');
    const isWorse = isDecided || worst?.direction === 'gray-worse';
    const isOneHost = at !== null && state.isOneHost[at] === 1;
    const isGrowing = !isDecided && state.greatest > 0 && state.growth > 1e-3;
    return {
      t: state.t,
      logE: state.greatest,
      peak: state.peak,
      limit,
      decided: isDecided,
      decidedAt: isDecided ? decidedAt : null,
      atMost: worst?.footing === 'history' || isOneHost ? 'pause' : 'rollback',
      isOneHost,
      worst: worst?.metric ?? null,
      footing: worst?.footing ?? (state.coverage.isByPeople ? 'people' : 'requests'),
      onset: worst?.onset ?? null,
      direction: isWorse ? 'gray-worse' : isBetter ? 'gray-better' : 'none',
      metrics,
      forecastSeconds: isGrowing ? Math.ceil((limit - state.greatest) / state.growth) : null,
      faults: state.coverage.isContradicted(state.t) ? ['people-contradict'] : [],
    };
  }

  snapshot(): EvidenceSnapshot {
    const {t, limits} = this.#state;
    return {
      schema: 'graydeck.evidence/3',
      t: Number.isNaN(t) ? null : t,
      options: nameOf(this.#options),
      limits: limits.buckets.length,
      state: save(this.#state),
    };
  }
}

/** What a checkpoint must agree in. */
function nameOf({falseAlarms, margin}: EvidenceOptions): string {
  return JSON.stringify([falseAlarms, margin]);
}

function restore(options: EvidenceOptions, from: EvidenceSnapshot): Evaluator | null {
  if (from.schema !== 'graydeck.evidence/3' || from.options !== nameOf(options)) return null;
  const state = new State(options);
  // Room for as many findings as there were limits; which those are follows.
  state.limits.buckets.length = from.limits;
  state.grow();
  return load(state, from.state) ? new Evaluator(options, state) : null;
}

/** Makes an evaluator, fresh or from a checkpoint; a checkpoint of another version or other options is not used. */
export const createEvaluator: CreateEvaluator = (options, from) =>
  (from === undefined ? null : restore(options, from)) ?? new Evaluator(options);
