// What the engine takes from JavaScript.

/**
 * A user's activation, which is JavaScript, by its number in the plan: y = forward(a), or, where there are b and c,
 * y = a gradient(b, c), for `count` elements.
 * Only the first thread can call it. Steps are 16, or 0 where one number stands for all.
 */
@external("host", "custom")
export declare function custom(
  index: i32, count: i32, y: usize, a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize,
): void;
