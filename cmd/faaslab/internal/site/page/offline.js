// The service worker: all files of a version of the site are kept together, so that it works without a
// network, and parts of two versions never mix. site = {version, files} comes before this text. A new
// version takes over when no tab has the old one any more.

const prefix = 'faaslab ' + registration.scope + ' ';
const name = prefix + site.version;

addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(['./', ...site.files.filter((file) => file !== 'offline.js')])).then(() => {
    if (!registration.active) return skipWaiting(); // the first visit
  }));
});

addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const other of await caches.keys()) if (other.startsWith(prefix) && other !== name) await caches.delete(other);
    await clients.claim();
  })());
});

addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || !event.request.url.startsWith(registration.scope)) return;
  event.respondWith(caches.open(name).then((cache) => cache.match(event.request, { ignoreSearch: true })).then((kept) => kept || fetch(event.request)));
});
