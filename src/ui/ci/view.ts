import type { RunEvent } from '../../core/event.js';
import { openPlainView } from '../plain-view.js';
import type { CiChannel } from '../terminal.js';
import type { RunView, RunViewOptions } from '../view.js';
import { foldOf, type Fold } from './fold.js';
import { annotationLine } from './github.js';

/** Plain lines, folded away in a job's log: what a reader opens the log for stands below. */
export function openCiView(options: RunViewOptions, channel: CiChannel): RunView {
  const plain = openPlainView(options);
  let fold: Fold | undefined;
  return {
    sink(event) {
      if (event.event === 'run') {
        fold = foldOf(channel.service, `steps of ${event.recipe}`, options.now);
        channel.write(fold.start);
      }
      plain.sink(event);
      warn(event, channel);
    },
    async close() {
      await plain.close();
      if (fold !== undefined) {
        channel.write(fold.end());
      }
    },
  };
}

function warn(event: RunEvent, channel: CiChannel): void {
  if (event.event === 'notice' && event.level === 'warning' && channel.service === 'github') {
    const { step, text } = event;
    writeOnce(channel, annotationLine({ level: 'warning', title: step ?? 'bootlap', message: text }));
  }
}

const WRITTEN = new WeakMap<CiChannel, Set<string>>();

/** A comparison runs the same steps for both of its sides, and they have the same to say. */
function writeOnce(channel: CiChannel, line: string): void {
  const written = WRITTEN.get(channel) ?? new Set();
  WRITTEN.set(channel, written);
  if (!written.has(line)) {
    written.add(line);
    channel.write(line);
  }
}
