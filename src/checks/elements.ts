import { RandomStream, Stream } from "../core/random.js";
import { Turns } from "../core/turns.js";
import type { Tensor } from "../graph/tensor.js";
import type { Differences, Slopes } from "./differences.js";
import { largest } from "./tolerance.js";
import { SAMPLES } from "./weighted.js";

/** Error bound relative to an array's largest gradient: far above the error of differences, far below that of a wrong rule. */
const RELATIVE = 1e-6;
/** Gradients below this are no gradients to a training in float32. */
const NOTHING = 1e-16;
/**
 * Steps relative to the element, or to 1 where that is larger. 1e-5 balances the errors of central differences, h² and
 * 2^-53 / h: 1e-10 and 1e-11 of the gradient. If it disagrees with the rule, shorter steps are tried: a kink may be close
 * by, or the function steep.
 */
const [STEP, SHORTER, SHORTEST] = [1e-5, 1e-6, 1e-7];
/** Distance from a kink at which rules can be compared with differences again. */
const NEARBY = 1e-3;

/**
 * - `ok`: derived and numeric gradient agree
 * - `wrong`: they don't
 * - `kink`: the function has a kink or a jump here, and no gradient to compare with
 * - `not finite`: one of them is NaN or infinite
 */
export type ElementVerdict = "ok" | "wrong" | "kink" | "not finite";

/** One element, by its place in the variable's array. */
export interface CheckedElement {
  place: number;
  derived: number;
  numeric: number;
  error: number;
  limit: number;
  verdict: ElementVerdict;
  /** Slopes on either side of a kink. */
  sides?: readonly [left: number, right: number];
}

export interface ElementOptions {
  /** The most elements that are checked, drawn at random from more. */
  elements: number;
  seed: number;
  /** Whether y is one activation, given as functions of a number: at a kink, its gradient must lie between the slopes. */
  single?: boolean;
}

/** Compares a variable's derived gradient with finite differences, element by element. */
export async function checkElements(
  differences: Differences,
  variable: Tensor,
  { elements, seed, single = false }: ElementOptions,
): Promise<CheckedElement[]> {
  const derived = differences.derived.get(variable)!;
  const turns = new Turns();
  const taken: (readonly [number, Slopes])[] = [];
  for (const place of samplePlaces(derived.length, elements, new RandomStream(seed, Stream.noise, SAMPLES))) {
    if (turns.isDue(0)) await turns.give();
    taken.push([place, differences.slopes(variable, place, STEP * magnitudeAt(place))]);
  }
  // The smaller of the two, so that one wrong or infinite element doesn't widen the limit for the others.
  const scale = largest(taken.map(([place, { central }]) => Math.min(Math.abs(derived[place]), Math.abs(central))));
  const checked: CheckedElement[] = [];
  for (const [place, slopes] of taken) {
    if (turns.isDue(0)) await turns.give();
    checked.push(judge(place, slopes));
  }
  return checked;

  function magnitudeAt(place: number): number {
    return Math.max(1, Math.abs(differences.valueAt(variable, place)));
  }

  function judge(place: number, first: Slopes): CheckedElement {
    const here = derived[place];
    // Elements of one activation don't meet, and no float32 constants are in its rule: each is held to its own magnitude,
    // down to a thousandth of the largest.
    const own = Math.max(Math.min(Math.abs(here), Math.abs(first.central)), scale / 1000);
    const limit = limitOf(single && Number.isFinite(own) ? own : scale, first);
    const outcome = (numeric: number, verdict: ElementVerdict, sides?: readonly [number, number]): CheckedElement => {
      const error = Math.abs(here - numeric);
      return { place, derived: here, numeric, error, limit, verdict, ...(sides && { sides }) };
    };
    if (Math.abs(here - first.central) <= limit) return outcome(first.central, "ok");
    const magnitude = magnitudeAt(place);
    const shorter = differences.slopes(variable, place, SHORTER * magnitude).central;
    const { left, central: shortest, right } = differences.slopes(variable, place, SHORTEST * magnitude);
    // Near 0 a step relative to 1 may be too long: log x at 1e-6.
    const nearZero = differences.slopes(variable, place, STEP * Math.abs(differences.valueAt(variable, place))).central;
    const extrapolated = (100 * shorter - first.central) / 99; // Richardson (1911): without the error of h²
    const agreeing = [shorter, shortest, nearZero, extrapolated].find((numeric) => Math.abs(here - numeric) <= limit);
    if (agreeing !== undefined) return outcome(agreeing, "ok");
    if (!Number.isFinite(here) || !Number.isFinite(shortest)) return outcome(shortest, "not finite");
    const isKink = single ? isBetween(here, left, right, limit) : isRightNearby(place);
    return isKink ? outcome(shortest, "kink", [left, right]) : outcome(shortest, "wrong");
  }

  /** Whether the rules are right on either side, so that only the point itself is special. */
  function isRightNearby(place: number): boolean {
    return [-1, 1].every((sign) => {
      const shift = sign * NEARBY * magnitudeAt(place);
      const slope = differences.derivedNearby(variable, place, shift);
      const slopes = differences.slopes(variable, place, STEP * magnitudeAt(place), shift);
      const nearbyScale = Math.max(scale, Math.min(Math.abs(slope), Math.abs(slopes.central)));
      return Math.abs(slope - slopes.central) <= limitOf(nearbyScale, slopes);
    });
  }
}

/** The largest error of a derived gradient that is right. */
const limitOf = (scale: number, { rounding }: Slopes): number =>
  Math.max(RELATIVE * scale, Number.isFinite(rounding) ? rounding : 0, NOTHING);

/** Whether a slope lies between those on either side, which differ. */
function isBetween(slope: number, left: number, right: number, limit: number): boolean {
  const [low, high] = left < right ? [left, right] : [right, left];
  const differ = high - low > Math.max(2 * limit, 1e-3 * Math.max(Math.abs(low), Math.abs(high)));
  return differ && slope >= low - limit && slope <= high + limit;
}

/** All places, in order; a random sample of them where there are too many. */
function samplePlaces(length: number, most: number, random: RandomStream): number[] {
  if (length <= most) return Array.from({ length }, (_, place) => place);
  const places = new Set<number>();
  while (places.size < most) places.add(random.nextBelow(length));
  return [...places].sort((a, b) => a - b);
}
