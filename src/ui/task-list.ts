/** The only user of listr2. It costs tens of milliseconds to load, so it is loaded when a step really has to run. */

import type { ListrTaskWrapper, DefaultRenderer, SimpleRenderer } from 'listr2';

/** How a task is marked once it has ended. */
export type TaskMark = 'done' | 'failed' | 'skipped';

/** Tasks that are drawn and redrawn in place. A task with an empty title takes no line. */
export interface TaskList {
  retitle(key: string, title: string): void;
  end(key: string, mark: TaskMark, title: string): void;
  /** Ends what is left over without a line and leaves the last drawing on the screen. */
  close(): Promise<void>;
}

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

interface OpenTask {
  readonly wrapper: Wrapper;
  resolve(): void;
  reject(error: Error): void;
}

/** Opens a list with one open task for each key, in this order, none with a title yet. */
export async function openTaskList(keys: readonly string[]): Promise<TaskList> {
  const { Listr } = await import('listr2');
  const open = new Map<string, OpenTask>();
  let allOpen = (): void => undefined;
  const opened = new Promise<void>((resolve) => (allOpen = resolve));
  const enter = (key: string, task: OpenTask): void => {
    open.set(key, task);
    if (open.size === keys.length) {
      allOpen();
    }
  };
  const listr = new Listr(
    keys.map((key) => ({
      title: '',
      task: (_context: unknown, wrapper: Wrapper) =>
        new Promise<void>((resolve, reject) => enter(key, { wrapper, resolve, reject })),
    })),
    {
      concurrent: true,
      exitOnError: false,
      // Its own handler would end the process with 127 in the middle of our ending the children.
      registerSignalListeners: false,
      rendererOptions: {
        formatOutput: 'truncate',
        showErrorMessage: false,
        showSkipMessage: false,
        collapseErrors: true,
      },
    },
  );
  const drawn = listr.run();
  await opened;
  return taskList(open, drawn);
}

function taskList(open: Map<string, OpenTask>, drawn: Promise<unknown>): TaskList {
  const end = (key: string, mark: TaskMark, title: string): void => {
    const task = open.get(key);
    if (task === undefined) {
      return;
    }
    open.delete(key);
    task.wrapper.title = title;
    settle(task, mark);
  };
  return {
    end,
    retitle(key, title) {
      const task = open.get(key);
      if (task !== undefined && task.wrapper.title !== title) {
        task.wrapper.title = title;
      }
    },
    async close() {
      for (const key of [...open.keys()]) {
        end(key, 'done', '');
      }
      await drawn;
    },
  };
}

function settle(task: OpenTask, mark: TaskMark): void {
  if (mark === 'failed') {
    task.reject(new Error(mark));
    return;
  }
  if (mark === 'skipped') {
    task.wrapper.skip();
  }
  task.resolve();
}
