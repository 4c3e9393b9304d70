/**
 * The engine in `assembly`, compiled by src/vite.config.ts: base64. `relaxed` has a fused multiply-add, `plain` has not.
 * `loops` names the updates that it has (see print-rules.ts), by their numbers.
 */
declare module "*?wasm=relaxed" {
  const base64: string;
  export default base64;
  export const loops: readonly string[];
}

declare module "*?wasm=plain" {
  const base64: string;
  export default base64;
  export const loops: readonly string[];
}
