// Push messages on this device: the browser subscribes with the server's key, and the subscription becomes a contact method.
"use strict";
(() => {
  const form = document.getElementById("push");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const root = new URL(document.currentScript.src).pathname.split("/static/")[0];
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const device = () => {
    const agent = navigator.userAgent;
    const found = (list) => list.find((name) => agent.includes(name)) || "";
    return [found(["Firefox", "Edg", "Chrome", "Safari"]).replace("Edg", "Edge"), found(["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"])]
      .filter(Boolean).join(", ");
  };
  const subscribe = async () => {
    await navigator.serviceWorker.register(root + "/service-worker.js", { scope: root + "/" });
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) });
    const told = subscription.toJSON();
    const fields = { "address.endpoint": told.endpoint, "address.p256dh": told.keys.p256dh, "address.auth": told.keys.auth, name: device() };
    Object.entries(fields).forEach(([name, value]) => { form.elements[name].value = value; });
    form.submit();
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = form.querySelector("[role=status]");
    said.textContent = "";
    subscribe().catch(() => { said.textContent = said.dataset.denied; });
  });
})();
