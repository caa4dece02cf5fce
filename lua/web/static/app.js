// What pages do besides what they do without a script: keys, select all, live updates. Nothing here is needed to read or act.
"use strict";
(() => {
  const live = document.getElementById("live");
  const rows = () => document.getElementById("rows");
  const lines = () => [...document.querySelectorAll("#rows tbody tr")];
  const texts = "input:not([type=checkbox]), textarea, select";
  const root = new URL(document.currentScript.src).pathname.split("/static/")[0]; // where a proxy has put us
  let at = null; // the id of the row that the keys stand on

  const say = (text) => { live.textContent = text || ""; live.hidden = !text; };

  // --- keys ---

  const current = () => lines().find((line) => line.dataset.id === at);
  const stand = (line) => {
    lines().forEach((other) => other.removeAttribute("aria-selected"));
    at = line ? line.dataset.id : null;
    if (!line) return;
    line.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const all = lines(), here = all.indexOf(current());
    stand(all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))]);
  };
  const act = (verb) => {
    const form = document.getElementById("list") || document.querySelector("form.acts");
    const line = current(), box = line && line.querySelector("input[name=id]");
    if (!form) return;
    if (box && !form.querySelector("input[name=id]:checked")) box.checked = true;
    const button = form.querySelector(`button[name=verb][value=${verb}]`);
    if (button) form.requestSubmit(button);
  };
  const keys = {
    j: () => move(1), k: () => move(-1), a: () => act("acknowledge"), r: () => act("resolve"), s: () => act("silence"),
    x: () => { const line = current(); if (line) line.querySelector("input[name=id]").click(); },
    Enter: () => { const line = current(); if (line) line.querySelector(".c-title a").click(); },
    "/": () => { const field = document.getElementById("search"); if (field) field.focus(); },
  };
  document.addEventListener("keydown", (event) => {
    const busy = event.key === "Enter" ? texts + ", button, a, summary" : texts;
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || event.target.closest(busy)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-all]")) return;
    document.querySelectorAll("#rows tbody input[name=id]").forEach((box) => { box.checked = event.target.checked; });
  });

  // --- live updates: place, selection and focus survive them ---

  const refresh = async () => {
    const place = rows() || document.getElementById("group");
    if (!place) return;
    const url = new URL(location.href);
    if (rows()) url.searchParams.set("part", "rows");
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(place.id);
    const focused = document.activeElement;
    if (!next || (place.contains(focused) && focused.matches(texts))) return;
    const selected = new Set([...document.querySelectorAll("input[name=id]:checked")].map((box) => box.value));
    const known = new Set(lines().map((line) => line.dataset.id));
    const line = focused.closest("[data-id]");
    place.replaceWith(next);
    if (window.htmx) window.htmx.process(next);
    next.querySelectorAll("input[type=checkbox][name=id]").forEach((box) => { box.checked = selected.has(box.value); });
    lines().forEach((other) => other.classList.toggle("new", !known.has(other.dataset.id)));
    if (current()) current().setAttribute("aria-selected", "true");
    const again = line && next.querySelector(`[data-id="${line.dataset.id}"] a`);
    if (again) again.focus();
  };

  // Many changes at once are one update, at most two a second.
  let waits = false;
  const later = () => {
    if (waits) return;
    waits = true;
    setTimeout(() => { waits = false; refresh().catch(() => {}); }, 500);
  };

  if (document.querySelector("[data-live]")) {
    const events = new EventSource(root + "/api/v1/events");
    let lost = false;
    events.onopen = () => { if (lost) later(); lost = false; say(""); };
    events.onerror = () => { lost = true; say(live.dataset.lost); };
    ["alert_group", "reset"].forEach((name) => events.addEventListener(name, later));
  }

  // Who is signed in gets a page when there is no network, and can have the pages as an app.
  if ("serviceWorker" in navigator && document.querySelector("nav.areas")) {
    navigator.serviceWorker.register(root + "/service-worker.js", { scope: root + "/" }).catch(() => {});
  }
})();
