/** The normal distribution. */

/** The probability that a standard normal variable is at most `z`. Error below 1e-14 (West, 2005, after Hart, 1968). */
export function normalCdf(z: number): number {
  const size = Math.abs(z);
  const tail = size > 37 ? 0 : size < 7.071_067_811_865_475 ? ratioTail(size) : fractionTail(size);
  return z > 0 ? 1 - tail : tail;
}

const NUMERATOR = [
  0.035_262_496_599_891_1, 0.700_383_064_443_688, 6.373_962_203_531_65, 33.912_866_078_383, 112.079_291_497_871,
  221.213_596_169_931, 220.206_867_912_376,
] as const;
const DENOMINATOR = [
  0.088_388_347_648_318_4, 1.755_667_163_182_64, 16.064_177_579_207, 86.780_732_202_946_1, 296.564_248_779_674,
  637.333_633_378_831, 793.826_512_519_948, 440.413_735_824_752,
] as const;

function ratioTail(size: number): number {
  return (Math.exp((-size * size) / 2) * polynomial(NUMERATOR, size)) / polynomial(DENOMINATOR, size);
}

function fractionTail(size: number): number {
  const fraction = [4, 3, 2, 1].reduce((below, step) => size + step / below, size + 0.65);
  return Math.exp((-size * size) / 2) / (fraction * 2.506_628_274_631);
}

/** The value that a standard normal variable is at most with probability `p` (0 to 1). Wichura's AS 241, 1e-15. */
export function normalQuantile(p: number): number {
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180_625 - centred * centred;
    return (centred * polynomial(CENTRE[0], r)) / polynomial(CENTRE[1], r);
  }
  const r = Math.sqrt(-Math.log(centred < 0 ? p : 1 - p));
  const [top, bottom] = r <= 5 ? NEAR : FAR;
  const shifted = r <= 5 ? r - 1.6 : r - 5;
  const value = polynomial(top, shifted) / polynomial(bottom, shifted);
  return centred < 0 ? -value : value;
}

const CENTRE = [
  [
    2509.0809287301227, 33_430.575_583_588_13, 67_265.770_927_008_7, 45_921.953_931_549_87, 13_731.693_765_509_46,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39_307.895_800_092_71, 21213.794301586597, 5_394.196_021_424_751,
    687.187_007_492_057_9, 42.313_330_701_600_91, 1,
  ],
] as const;
const NEAR = [
  [
    7.745_450_142_783_414e-4, 0.022723844989269184, 0.241_780_725_177_450_6, 1.2704582524523684, 3.6478483247632045,
    5.769_497_221_460_691, 4.630_337_846_156_546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 5.475_938_084_995_345e-4, 0.015198666563616457, 0.14810397642748008, 0.689_767_334_985_100_1,
    1.6763848301838038, 2.053_191_626_637_759, 1,
  ],
] as const;
const FAR = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463_784_911_164_114, 6.657_904_643_501_104,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 7.868691311456133e-4, 0.014875361290850615,
    0.136_929_880_922_735_8, 0.599_832_206_555_888, 1,
  ],
] as const;

/** Horner's scheme, the highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
