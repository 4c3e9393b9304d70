/** The engine in `assembly`, compiled by src/vite.config.ts: base64. `relaxed` has a fused multiply-add, `plain` has not. */
declare module "*?wasm=relaxed" {
  const base64: string;
  export default base64;
}

declare module "*?wasm=plain" {
  const base64: string;
  export default base64;
}
