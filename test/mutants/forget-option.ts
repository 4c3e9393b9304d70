import { beforeEach } from "vitest";

beforeEach(({ task }) => {
  (globalThis as { forgotten?: string }).forgotten = task.name.match(/^(\w+) arrives$/)?.[1];
});
