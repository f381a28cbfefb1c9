import type { RunEvent } from '../core/event.js';

/** What to do at each kind of event; it does not compile while one is missing. */
export type EventHandlers = {
  readonly [E in RunEvent['event']]: (event: EventOf<E>) => void;
};

/** The event of one kind. */
export type EventOf<E extends RunEvent['event']> = Extract<RunEvent, { readonly event: E }>;

/** Hands an event to the handler of its kind. */
export function handle(event: RunEvent, handlers: EventHandlers): void {
  const handler = handlers[event.event] as (event: RunEvent) => void;
  handler(event);
}

/** For what a view does not show. */
export const ignore = (): void => undefined;
