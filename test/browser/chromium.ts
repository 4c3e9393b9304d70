import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { unpackArchives } from "../../src/node/software-adapter.js";

/** The browser, its software GPU driver (which it looks for beside itself), shared libraries and a font. */
const ARCHIVES = ["chromium.br", "swiftshader.tar.br", "al2023.tar.br", "fonts.tar.br"];

const ARGUMENTS = [
  "--no-sandbox", // it can't be had as root, nor in most containers
  "--disable-dev-shm-usage", // containers give /dev/shm 64 MiB
  "--enable-unsafe-webgpu", // WebGPU on Linux and on a software adapter
  "--use-webgpu-adapter=swiftshader", // also where there is a GPU, so that every machine tests the same
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/**
 * Launches the headless Chromium of the npm package @sparticuz/chromium, with WebGPU on SwiftShader. It is unpacked into
 * this user's cache the first time. Needs x86-64 Linux with glibc and nothing else: no root, no network, no libraries.
 *
 * @throws Error when the package isn't installed or the browser doesn't start: a missing browser can't look like success
 */
export async function launchChromium(): Promise<Browser> {
  const folder = await unpackArchives("chromium", ARCHIVES);
  if (!folder) throw new Error("The test browser is not installed: run npm install (package @sparticuz/chromium).");
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: ARGUMENTS,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, "lib"),
      FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)),
      XDG_DATA_HOME: folder,
      LC_ALL: "en_US.UTF-8", // in the C locale Chromium's navigator.language would be one that Intl refuses
    },
  });
}
