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

  // --- the editor: another payload; a backtest that goes on ---

  const pick = document.querySelector("select[data-payload]");
  if (pick) pick.nextElementSibling.hidden = true;
  if (pick) pick.addEventListener("change", async (event) => {
    event.stopPropagation();
    const answer = await fetch(pick.dataset.payload + "?alert_id=" + encodeURIComponent(pick.value));
    if (!answer.ok) return;
    const area = document.getElementById("payload");
    area.value = await answer.text();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What is unfolded in the result stays so.
  let unfolded = [];
  const folds = (within) => [...within.querySelectorAll("details")];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "result") unfolded = folds(event.detail.target).map((fold) => fold.open);
  });
  document.addEventListener("htmx:afterSwap", () => {
    const result = document.getElementById("result");
    if (result) folds(result).forEach((fold, i) => { if (i in unfolded) fold.open = unfolded[i]; });
  });

  const run = document.getElementById("run");
  if (run && !("over" in run.dataset)) {
    const url = new URL(location.href);
    url.searchParams.set("part", "run");
    const again = () => window.htmx.ajax("GET", url.pathname + url.search, { target: "#run", swap: "outerHTML" });
    const events = new EventSource(root + "/api/v1/backtests/" + run.dataset.backtest + "/events/");
    events.addEventListener("progress", again);
    events.addEventListener("end", () => { events.close(); again(); });
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
