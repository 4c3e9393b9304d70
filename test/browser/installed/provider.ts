import { defineBrowserProvider } from "@vitest/browser";
import { type InstalledBrowser, launch } from "./launch.js";

export type { InstalledBrowser };

/** Vitest's way to a browser: it is given pages to open, and runs tests in them. One page at a time. */
export const installed = (browser: InstalledBrowser) =>
  defineBrowserProvider({
    name: "installed",
    options: {},
    providerFactory() {
      const open: (() => Promise<void>)[] = [];
      const close = async () => {
        for (const end of open.splice(0)) await end();
      };
      return {
        name: "installed",
        supportsParallelism: false,
        getCommandsContext: () => ({}),
        async openPage(_session: string, url: string) {
          await close();
          open.push(await launch(browser, url));
        },
        close,
      };
    },
  });
