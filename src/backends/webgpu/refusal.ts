/** The first error in WGSL that a driver refuses, with the source line. */
export async function refusal(label: string, module: GPUShaderModule, code: string, cause: unknown): Promise<string> {
  const { messages } = await module.getCompilationInfo();
  const error = messages.find(({ type }) => type === "error");
  const source = code.split("\n")[(error?.lineNum ?? 0) - 1]?.trim() ?? "";
  return `The kernel of ${label} doesn't compile: ${error ? `line ${error.lineNum}: ${error.message}\n  ${source}` : cause}`;
}
