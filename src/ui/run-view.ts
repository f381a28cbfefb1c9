import type { EventSink } from '../core/event.js';
import type { RunView, RunViewOptions } from './view.js';

/** JSON where it is asked for, moving lines on a terminal, folded ones in a job's log, and plain lines in a pipe or file. */
export async function openRunView(options: RunViewOptions): Promise<RunView> {
  if (options.json) {
    return (await import('./json-view.js')).openJsonView(options.terminal);
  }
  const view = await openTextView(options);
  return { ...view, sink: withoutLeftOut(options, view.sink) };
}

async function openTextView(options: RunViewOptions): Promise<RunView> {
  const { interactive, ci } = options.terminal;
  if (ci !== undefined) {
    return (await import('./ci/view.js')).openCiView(options, ci);
  }
  return interactive
    ? (await import('./task-view.js')).openTaskView(options)
    : (await import('./plain-view.js')).openPlainView(options);
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
