import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };

/** Headers that isolate a page from other origins, so that threads can share memory. */
export const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves a folder's files on this machine, each path below `/NAME/` with the headers of that name. */
export async function serve(folder: string, headers: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const server = createServer(async ({ url }, response) => {
    const [, name, ...path] = new URL(url!, "http://localhost").pathname.split("/");
    try {
      const file = join(folder, ...path);
      const content = await readFile(file);
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers[name], "Content-Type": type });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
