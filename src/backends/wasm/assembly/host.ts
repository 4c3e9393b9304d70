// Calls from the engine to JavaScript.

/**
 * A call of a user's activation, which is JavaScript: y = forward(a), or, where there is c, y = a gradient(b, c), for
 * `count` elements. Only the first thread makes one. Steps are 16, or 0 where one number stands for all. The fields are
 * read in this order by src/backends/wasm/custom.ts.
 */
@unmanaged
class CustomCall {
  /** The activation's number in the plan. */
  activation: i32;
  count: i32;
  y: usize;
  a: usize;
  stepA: usize;
  b: usize;
  stepB: usize;
  c: usize;
  stepC: usize;
}

export const customCall = changetype<CustomCall>(memory.data(offsetof<CustomCall>()));

@external("host", "custom")
declare function custom(call: CustomCall): void;

/** Makes the call whose other fields are set. */
export function callCustom(activation: i32, count: i32): void {
  customCall.activation = activation;
  customCall.count = count;
  custom(customCall);
}
