/*
 * Keeps the page for visits without a network. The build writes VERSION and FILES: a hash of all files, and their names.
 * A new version is fetched as a whole before it takes the place of the old one.
 */

/** Of the page’s own caches; the library keeps data that were fetched in one beside them. */
const PREFIX = "neuromotor-page-";
const CACHE = `${PREFIX}${VERSION}`;

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => skipWaiting()),
  );
});

async function clear() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener("activate", (event) => event.waitUntil(clear()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    caches.match(request, { ignoreSearch: true, ignoreVary: true }).then((kept) => kept ?? fetch(request)),
  );
});
