// Closed dates as a list over an input with commas, which stays what is posted.
(() => {
  "use strict";
  const DATE = /^\d{4}-\d{2}-\d{2}$/;

  const build = (place) => {
    const text = place.querySelector("input");
    const list = document.createElement("div");
    list.className = "tokens";
    const picker = Object.assign(document.createElement("input"), { type: "date", className: "input slim" });
    picker.setAttribute("aria-label", "A closed date");
    const plus = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: "+ Closed date" });

    const days = () => text.value.split(/[,\s]+/).filter(Boolean);
    const put = (next) => {
      text.value = [...new Set(next)].sort().join(", ");
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.dispatchEvent(new Event("change", { bubbles: true }));
      draw();
    };
    const said = (day) => {
      if (!DATE.test(day)) return day;
      const at = new Date(`${day}T12:00:00`);
      return Number.isNaN(at.getTime()) ? day : at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });
    };
    const chip = (day) => {
      const box = Object.assign(document.createElement("span"), { className: "chip", textContent: said(day) });
      const out = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      out.setAttribute("aria-label", `Take ${said(day)} out`);
      out.addEventListener("click", () => {
        put(days().filter((one) => one !== day));
        picker.focus();
      });
      box.append(out);
      return box;
    };
    const draw = () => list.replaceChildren(...days().map(chip));
    const add = () => {
      if (DATE.test(picker.value)) put([...days(), picker.value]);
      picker.value = "";
      picker.focus();
    };
    plus.addEventListener("click", add);
    picker.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      add();
    });
    const row = document.createElement("div");
    row.className = "row tight";
    row.append(picker, plus);
    text.hidden = true;
    text.before(list, row);
    draw();
  };

  const start = () => document.querySelectorAll("[data-dates]").forEach(build);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
