const lastInTurn = new Map<string, Promise<unknown>>();

/**
 * Runs work that shares a place on the disk with other work of this process, one after the other: two steps may want
 * the same file at the same time, and the second shall find what the first has fetched.
 * Other processes are kept out by the workspace's lock.
 */
export async function inTurn<T>(place: string, work: () => Promise<T>): Promise<T> {
  const before = lastInTurn.get(place) ?? Promise.resolve();
  const mine = before.then(work, work);
  lastInTurn.set(place, mine);
  try {
    return await mine;
  } finally {
    if (lastInTurn.get(place) === mine) {
      lastInTurn.delete(place);
    }
  }
}
