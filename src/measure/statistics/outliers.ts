import { median } from './describe.js';

/** Modified z-score above which a value is an outlier (Iglewicz and Hoaglin, 1993). */
const LIMIT = 3.5;
/** The median absolute deviation of a normal distribution, in standard deviations. */
const NORMAL_MAD = 0.674_489_750_196_081_7;

/**
 * Which values of a series stand apart: those whose distance from the median is more than 3.5 standard deviations, as
 * the median absolute deviation estimates them. None where more than half of the values are equal.
 */
export function outliers(series: readonly number[]): boolean[] {
  const centre = median(series);
  const mad = median(series.map((value) => Math.abs(value - centre)));
  return series.map((value) => mad > 0 && (NORMAL_MAD * Math.abs(value - centre)) / mad > LIMIT);
}
