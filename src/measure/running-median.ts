/** The median of a growing series, known after each value. */
export class RunningMedian {
  /** Ascending. */
  private readonly values: number[] = [];

  /** Takes the next value. */
  add(value: number): void {
    let [low, high] = [0, this.values.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.values[middle] ?? 0) <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    this.values.splice(low, 0, value);
  }

  /** `NaN` before the first value. */
  get median(): number {
    const half = this.values.length / 2;
    const [below = Number.NaN, above = Number.NaN] = [this.values[Math.ceil(half) - 1], this.values[Math.floor(half)]];
    return (below + above) / 2;
  }
}
