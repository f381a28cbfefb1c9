import type { Patience } from '../system/http-exchange.js';

/** Milliseconds for a connection, for the next byte, and for what has no bytes to speak of; and the least speed of the rest. */
export interface StorePatience {
  readonly connect: number;
  readonly stall: number;
  readonly base: number;
  readonly leastBytesPerSecond: number;
}

/** What is waited for where nobody says otherwise. */
export const PATIENCE: StorePatience = {
  connect: 5_000,
  stall: 10_000,
  base: 20_000,
  leastBytesPerSecond: 256 * 1024,
};

/** How long a request that moves so many bytes may take. */
export function patienceFor({ connect, stall, base, leastBytesPerSecond }: StorePatience, bytes: number): Patience {
  return { connect, stall, total: base + Math.ceil((bytes / leastBytesPerSecond) * 1000) };
}
