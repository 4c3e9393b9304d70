/** A file of `shaders/`, taken in by the plugin `shaderFiles` of vite.config.ts. */
declare module "*.wgsl" {
  const shader: import("./glue.js").Part;
  export default shader;
}

/** True where people read WGSL: everywhere but in the build for pages. Set by the same plugin. */
declare const READABLE_WGSL: boolean;
