// The service worker: shows push messages and opens what they are about, and shows a page of its own when there is no network.
"use strict";
const root = new URL(self.registration.scope).pathname;
const CACHE = "offline-1";
const OFFLINE = root + "offline";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const answer = await fetch(OFFLINE, { cache: "reload" });
    const styles = [...(await answer.clone().text()).matchAll(/href="([^"]*\.(?:css|svg))"/g)].map((found) => found[1]);
    const cache = await caches.open(CACHE);
    await cache.put(OFFLINE, answer);
    await cache.addAll(styles);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

// Pages come from the network, always; only when that fails there is another one.
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate" && event.request.method === "GET") {
    event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
  } else if (event.request.url.includes("/static/")) {
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(event.request)) || Response.error()));
  }
});

// --- push ---

const show = (told) => {
  const is_page = told.kind === "page" || told.kind === "test";
  const acts = told.links && told.links.acknowledge ? [{ action: "acknowledge", title: "Acknowledge" }] : [];
  return self.registration.showNotification(told.title || "Tocsin", {
    body: told.body || "", tag: told.tag, renotify: is_page && Boolean(told.tag), silent: !is_page, icon: root + "static/0/icon.svg",
    requireInteraction: Boolean(told.is_important), actions: is_page ? acts : [], data: { url: told.url, links: told.links || {}, told },
  });
};
const read = (data) => { try { return data.json(); } catch (_) { return { kind: "page", title: data ? data.text() : "Tocsin" }; } };
self.addEventListener("push", (event) => { event.waitUntil(show(read(event.data))); });

// A page of ours that is open already is led there; other addresses than ours are not opened.
const open = async (url) => {
  const where = new URL(url || root, self.location.href);
  const address = where.origin === self.location.origin ? where.href : self.location.origin + root;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = windows.find((window) => window.url === address) || windows[0];
  if (!here) return self.clients.openWindow(address);
  await here.focus();
  return here.url === address ? here : here.navigate(address);
};
const act = async (data) => {
  const answer = await fetch(data.links.acknowledge, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  if (!answer.ok) throw new Error("not done");
  await show({ ...data.told, kind: "update", body: "Acknowledged" });
};
self.addEventListener("notificationclick", (event) => {
  const data = event.notification.data || {};
  event.notification.close();
  event.waitUntil(event.action === "acknowledge" ? act(data).catch(() => open(data.url)) : open(data.url));
});
