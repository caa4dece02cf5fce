// Schedules: a drag over the days of the calendar fills the form of an override. Everything works without it by that form.
"use strict";
(() => {
  const table = document.querySelector(".lanes"), form = document.querySelector("#override form");
  if (!table || !form) return;
  document.documentElement.classList.add("has-script");
  const days = [...table.querySelectorAll("thead th")], cells = Number(table.dataset.cells);
  let from = null;

  // The half hour under the pointer, counted from the first midnight; half an hour is the least.
  const at = (event) => {
    const first = days[0].getBoundingClientRect(), last = days[days.length - 1].getBoundingClientRect();
    const part = (event.clientX - first.left) / (last.right - first.left);
    return Math.max(0, Math.min(days.length * cells, Math.floor(part * days.length * cells)));
  };
  const text = (cell) => {
    const moment = new Date(table.dataset.first + "T00:00:00Z");
    moment.setUTCMinutes(cell * (1440 / cells));
    return moment.toISOString().slice(0, 16);
  };
  const fill = (a, b) => {
    form.elements.from.value = text(Math.min(a, b));
    form.elements.to.value = text(Math.max(a, b) + 1);
  };

  table.parentElement.classList.add("draws");
  table.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch" || event.target.closest(".name")) return;
    from = at(event);
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => { if (from !== null) fill(from, at(event)); });
  document.addEventListener("pointerup", (event) => {
    if (from === null) return;
    fill(from, at(event));
    from = null;
    document.getElementById("override").open = true;
    form.elements.user.focus();
  });
})();
