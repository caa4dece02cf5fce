// The pages of integrations, besides what they do without a script: copying, "received" as it happens, routes moved by dragging.
"use strict";
(() => {
  const root = new URL(document.currentScript.src).pathname.split("/static/")[0];

  const copy = (button) => {
    const before = button.textContent;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = before; }, 2000);
    });
  };
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return; // only where the page came over TLS
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });

  // --- the newest alert, told as it comes ---

  const refresh = () => {
    const url = new URL(location.href);
    url.searchParams.set("part", "status");
    window.htmx.ajax("GET", url.pathname + url.search, { target: "#status", swap: "outerHTML" });
  };
  const status = document.getElementById("status");
  if (status) {
    let waits = false;
    const events = new EventSource(root + "/api/v1/events");
    events.addEventListener("alert_group", (event) => {
      if (JSON.parse(event.data).integration_id !== status.dataset.integration || waits) return;
      waits = true;
      setTimeout(() => { waits = false; refresh(); }, 300);
    });
    events.addEventListener("reset", refresh);
  }

  // --- routes: the list as it looks when something is dropped is what is asked for ---

  const list = document.querySelector("[data-routes]");
  let dragged = null;
  const send = (line) => {
    const position = [...list.children].indexOf(line);
    fetch(line.dataset.move, { method: "POST", body: new URLSearchParams({ position }) }).then(() => location.reload());
  };
  if (list) {
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("li[draggable]");
      if (!dragged) return;
      event.dataTransfer.effectAllowed = "move";
      dragged.classList.add("dragged");
    });
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest("li[draggable]");
      if (!dragged || !over || over === dragged) return;
      event.preventDefault();
      const isBelow = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
      over[isBelow ? "after" : "before"](dragged);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
    list.addEventListener("dragend", () => {
      if (!dragged) return;
      dragged.classList.remove("dragged");
      send(dragged);
      dragged = null;
    });
  }
})();
