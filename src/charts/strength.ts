/** The strongest that text in ink is read on, and the weakest that text in the paper's colour is: 4.5 to 1, light and dark. */
const [STRONGEST_UNDER_INK, WEAKEST_UNDER_PAPER] = [0.6, 0.93];

/**
 * Opacity of a cell that stands for a share from 0 to 1. Strengths that no text can be read on are left out: from a
 * share of 0.8 on the text is in the paper's colour.
 */
export function strengthOf(share: number): number {
  if (share < 0.8) return 0.06 + (STRONGEST_UNDER_INK - 0.06) * (share / 0.8);
  return WEAKEST_UNDER_PAPER + (1 - WEAKEST_UNDER_PAPER) * ((share - 0.8) / 0.2);
}

/** The same for shares of which small ones matter most, and which all have their text in ink. */
export const faintStrengthOf = (share: number): number => 0.06 + (STRONGEST_UNDER_INK - 0.06) * Math.sqrt(share);

/** Whether text on a cell of this strength is in the paper's colour: a test of the field `strength` in a specification. */
export const IS_STRONG = `datum.strength >= ${WEAKEST_UNDER_PAPER}`;
