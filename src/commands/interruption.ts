const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal that aborts when the user or the system asks the process to end; its reason is the name of what came.
 * At the second such request `endAtOnce` is called.
 */
export function abortOnSignals(endAtOnce: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        endAtOnce();
      } else {
        controller.abort(name);
      }
    });
  }
  return controller.signal;
}
