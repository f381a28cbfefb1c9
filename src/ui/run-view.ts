import type { EventSink } from '../core/event.js';
import type { RunView, RunViewOptions } from './view.js';

/** JSON where it is asked for, moving lines on a terminal, and plain lines in a pipe, a file or CI. */
export async function openRunView(options: RunViewOptions): Promise<RunView> {
  if (options.json) {
    return (await import('./json-view.js')).openJsonView(options.terminal);
  }
  const view = options.terminal.interactive
    ? (await import('./task-view.js')).openTaskView(options)
    : (await import('./plain-view.js')).openPlainView(options);
  return { ...view, sink: withoutLeftOut(options, view.sink) };
}

/** A person who asked for one step does not want to hear of the others that they are skipped. */
function withoutLeftOut({ steps }: RunViewOptions, sink: EventSink): EventSink {
  const wanted = new Set(steps.map(({ name }) => name));
  return (event) => {
    if (event.event !== 'step' || event.status !== 'skipped' || wanted.has(event.step)) {
      sink(event);
    }
  };
}
