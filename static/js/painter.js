// A week to paint on over a text area with JSON, which stays the truth that is posted. Drag paints what the first cell became;
// arrows move, Space toggles, Shift with arrows extends; half hours and minutes are written as text.
(() => {
  "use strict";
  const PAUSE = 300;
  const HOURS = 24;
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const { NAMES, week, fromJson, fromText, toJson, toText, length } = window.painterHours;

  const make = (tag, options = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };

  const build = (place) => {
    const area = place.querySelector("textarea");
    const form = area.form;
    let hours = week();
    let brush = null;
    let timer = 0;
    let asking = null;

    const grid = make("div", { class: "painter", role: "group", "aria-label": "Weekly hours" }, make("span"));
    for (let hour = 0; hour < HOURS; hour += 3) grid.append(make("span", { class: hour % 2 ? "hour odd" : "hour" }, `${hour}:00`));
    const cells = NAMES.map((name, day) => {
      grid.append(make("span", { class: "day" }, name));
      return Array.from({ length: HOURS }, (_, hour) => {
        const tabindex = day || hour ? "-1" : "0";
        const cell = make("button", { type: "button", "aria-label": `${name} ${hour}:00 to ${hour + 1}:00`, "aria-pressed": "false", tabindex });
        Object.assign(cell, { day, hour });
        grid.append(cell);
        return cell;
      });
    });

    const words = make("input", { class: "input", "aria-label": "Hours as text", spellcheck: "false", autocomplete: "off" });
    const sum = make("b");
    const problem = make("p", { class: "wrong", role: "alert" });
    const opens = make("p", { class: "opens", role: "status", "aria-live": "polite" }, "\u00a0");
    const asJson = make("button", { type: "button", class: "btn quiet small push", "aria-expanded": "false" }, "As JSON");
    const preset = (text, made) => {
      const button = make("button", { type: "button", class: "btn small" }, text);
      button.addEventListener("click", () => {
        hours = made();
        changed();
      });
      return button;
    };
    const head = make("div", { class: "row tight" },
      preset("Mon–Fri 8–18", () => fromText("Mon-Fri 08:00-18:00")), preset("Around the clock", () => week(1)), preset("Clear", () => week()), asJson);
    const foot = make("div", { class: "as-text" }, words, sum);

    const showJson = (shown) => {
      area.hidden = !shown;
      asJson.setAttribute("aria-expanded", String(shown));
    };
    asJson.addEventListener("click", () => showJson(area.hidden));

    const drawCell = (cell) => {
      const part = hours[cell.day].subarray(cell.hour * 60, cell.hour * 60 + 60);
      const open = part.reduce((one, other) => one + other, 0);
      cell.setAttribute("aria-pressed", open === 60 ? "true" : open ? "mixed" : "false");
      cell.className = open && open < 60 ? (part[0] ? "half" : "half late") : "";
      if (cell.isNow) cell.classList.add("now");
    };
    const draw = () => {
      cells.flat().forEach(drawCell);
      words.value = toText(hours);
      sum.textContent = length(hours);
      problem.textContent = "";
    };
    const changed = () => {
      draw();
      const value = toJson(hours);
      area.value = value === null ? "" : JSON.stringify(value);
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.dispatchEvent(new Event("change", { bubbles: true }));
      soon();
    };
    const paint = (cell, value) => {
      hours[cell.day].fill(value, cell.hour * 60, cell.hour * 60 + 60);
      changed();
    };
    const next = (cell) => (cell.getAttribute("aria-pressed") === "true" ? 0 : 1);

    // A mouse or a pen drags; a finger scrolls the page and toggles by a tap.
    grid.addEventListener("pointerdown", (event) => {
      if (!event.target.matches("button") || event.button || event.pointerType === "touch") return;
      brush = next(event.target);
      paint(event.target, brush);
    });
    grid.addEventListener("pointerover", (event) => brush !== null && event.target.matches("button") && paint(event.target, brush));
    document.addEventListener("pointerup", () => (brush = null));
    document.addEventListener("pointercancel", () => (brush = null));
    grid.addEventListener("click", (event) => {
      const byMouse = event.detail > 0 && event.pointerType !== "touch" && event.pointerType !== "";
      if (event.target.matches("button") && !byMouse) paint(event.target, next(event.target));
    });

    const rove = (cell) => {
      grid.querySelector('[tabindex="0"]').tabIndex = -1;
      cell.tabIndex = 0;
      cell.focus();
    };
    grid.addEventListener("focusin", (event) => {
      if (!event.target.matches("button")) return;
      grid.querySelector('[tabindex="0"]').tabIndex = -1;
      event.target.tabIndex = 0;
    });
    grid.addEventListener("keydown", (event) => {
      const cell = event.target;
      const move = MOVES[event.key];
      if (!cell.matches("button") || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Home" || event.key === "End") {
        event.preventDefault();
        rove(cells[cell.day][event.key === "Home" ? 0 : HOURS - 1]);
      }
      if (!move) return;
      event.preventDefault();
      const to = cells[cell.day + move[0]]?.[cell.hour + move[1]];
      if (!to) return;
      if (event.shiftKey) paint(to, cell.getAttribute("aria-pressed") === "true" ? 1 : 0);
      rove(to);
    });

    words.addEventListener("change", () => {
      try {
        hours = fromText(words.value);
        changed();
        words.removeAttribute("aria-invalid");
      } catch (refused) {
        problem.textContent = refused.message;
        words.setAttribute("aria-invalid", "true");
      }
    });
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      words.dispatchEvent(new Event("change"));
    });

    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const body = new URLSearchParams({
        schedule: area.value, closed: form.elements.closed_dates?.value || "", zone: form.elements.time_zone?.value.trim() || place.dataset.zone,
        csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
      });
      try {
        const answer = await fetch(place.dataset.next, { method: "POST", body, signal: asking.signal });
        if (!answer.ok) return;
        const told = await answer.json();
        opens.textContent = told.sentence || told.problem;
        cells.flat().forEach((cell) => {
          cell.isNow = cell.day === told.weekday && cell.hour === told.hour;
          cell.classList.toggle("now", cell.isNow);
        });
      } catch {} // it asks again with the next change
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    };
    ["closed_dates", "time_zone"].forEach((name) => form.elements[name]?.addEventListener("change", soon));

    const readArea = () => {
      try {
        hours = fromJson(area.value.trim() ? JSON.parse(area.value) : null);
        draw();
        return true;
      } catch {
        problem.textContent = "This JSON cannot be read as hours. Put it right below.";
        showJson(true);
        return false;
      }
    };
    area.before(head, grid, foot, problem, opens);
    showJson(false);
    area.addEventListener("change", (event) => event.isTrusted && readArea() && soon());
    readArea();
    ask();
  };

  const start = () => document.querySelectorAll("[data-schedule]").forEach(build);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
