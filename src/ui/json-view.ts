import type { RunView } from './view.js';
import type { Terminal } from './terminal.js';

/** One JSON object per line for every event, as docs/events.md describes them. */
export function openJsonView(terminal: Terminal): RunView {
  return {
    sink: (event) => terminal.write(`${JSON.stringify(event)}\n`),
    close: () => Promise.resolve(),
  };
}
