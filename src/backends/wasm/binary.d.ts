/**
 * The engine in `assembly`, compiled by src/vite.config.ts: base64. `relaxed` has a fused multiply-add, `plain` has not.
 * `printed` names the updates and functions that were printed into it (see print-rules.ts and print-functions.ts).
 */
declare module "*?wasm=relaxed" {
  const base64: string;
  export default base64;
  export const printed: import("./engine.js").Printed;
}

declare module "*?wasm=plain" {
  const base64: string;
  export default base64;
  export const printed: import("./engine.js").Printed;
}
