/** Troubles in a row, a slow one counted twice, after which a server is left alone. */
const MOST_TROUBLE = 6;

/** Leaves a server alone for a while after repeated trouble, so that one that is dead costs its time-out a few times only. */
export class Breaker {
  #trouble = 0;
  #openUntil = 0;

  constructor(
    private readonly pauseMilliseconds: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** True while nothing is to be asked. After the pause, one more trouble opens it again. */
  isOpen(): boolean {
    return this.now() < this.#openUntil;
  }

  /** An answer came, whatever it said. */
  well(): void {
    this.#trouble = 0;
  }

  /** No answer came, or none of use. */
  trouble(slow: boolean): void {
    this.#trouble += slow ? 2 : 1;
    if (this.#trouble >= MOST_TROUBLE) {
      this.#trouble = MOST_TROUBLE - 1;
      this.#openUntil = this.now() + this.pauseMilliseconds;
    }
  }
}
