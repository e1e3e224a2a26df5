import {Counter, Histogram} from 'prom-client';
import {startTarget} from './prometheus.ts';

/** What a shop does from now on. */
export interface Trade {
  /** Share of its requests that fail, 0–1. */
  errors: number;
  /** Mean response time, seconds. */
  seconds: number;
}

/** A service that is measured by prom-client alone. Its traffic is made up; what it tells is scraped over HTTP. */
export interface Shop {
  readonly address: string;
  trade: Trade;
  /** Its process starts again: every counter is at 0. */
  restart(): void;
  close(): Promise<void>;
}

const EVERY_MS = 50;

/** @param perSecond requests a second */
export async function openShop(perSecond = 100, trade: Trade = {errors: 0.01, seconds: 0.05}): Promise<Shop> {
  const target = await startTarget();
  const registers = [target.registry];
  const requests = new Counter({name: 'http_requests_total', help: 'x', labelNames: ['code'], registers});
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'x',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const shop: Shop = {
    address: target.address,
    trade,
    restart: () => target.registry.resetMetrics(),
    async close() {
      clearInterval(timer);
      await target.close();
    },
  };
  let owed = 0;
  const timer = setInterval(() => {
    for (owed += (perSecond * EVERY_MS) / 1000; owed >= 1; owed--) {
      requests.inc({code: Math.random() < shop.trade.errors ? '500' : '200'});
      duration.observe(-Math.log(1 - Math.random()) * shop.trade.seconds);
    }
  }, EVERY_MS);
  return shop;
}
