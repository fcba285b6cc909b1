// The table of values: shares and totals follow each key, rows can be found, filled in, spread and scaled. Nothing is asked
// of the server.
(() => {
  "use strict";
  const KINDS = ["priority", "weight", "percentage"];
  const TARGETS = { weight: 1000, percentage: 100 };
  const PARTS = 1000; // values are spread and scaled to the thousandth
  const draft = window.settingsDraft;
  const section = document.getElementById("values");
  const body = section?.querySelector(".values tbody");
  if (!draft || !body) return;

  // By place, not by looking: a thousand rows are taken apart before anybody can type.
  const rows = [...body.children].map((tr) => {
    const [head, ...cells] = tr.children;
    const bar = cells[KINDS.length].firstElementChild;
    return {
      tr,
      client: tr.dataset.c,
      name: head.querySelector("a").textContent,
      inputs: Object.fromEntries(KINDS.map((kind, place) => [kind, cells[place].firstElementChild])),
      track: bar.firstElementChild,
      fill: bar.firstElementChild.firstElementChild,
      share: bar.lastElementChild,
    };
  });
  const liveText = (input) => input.dataset.live ?? input.defaultValue;
  const isChanged = (input) => !draft.same(input.value, liveText(input));
  const changed = new Map(); // input to its row and kind

  const kind = () => section.querySelector("[name=shown]:checked")?.value ?? section.dataset.shown;
  const shareKind = () => (kind() === "priority" ? section.dataset.sharesOf : kind());

  const mark = (row, name) => {
    const input = row.inputs[name];
    if (isChanged(input)) changed.set(input, { row, name });
    else changed.delete(input);
  };

  // How a value differs is drawn into its cell only while the row is in sight.
  const drawCell = (input) => {
    const differs = changed.has(input);
    const cell = input.parentElement;
    const said = cell.querySelector(".was-text");
    if (input.classList.contains("changed") !== differs) input.classList.toggle("changed", differs);
    if (!differs) said?.remove();
    else if (!said) {
      const was = document.createElement("span");
      was.className = "was-text";
      was.textContent = `live: ${liveText(input) || "none"}`;
      cell.append(was);
    }
    const wrong = Number.isNaN(draft.number(input.value));
    if (wrong) input.setAttribute("aria-invalid", "true");
    else if (input.hasAttribute("aria-invalid")) input.removeAttribute("aria-invalid");
  };

  const shares = (valueOf, groupOf) => {
    const totals = new Map();
    for (const row of rows) {
      const value = valueOf(row);
      if (value > 0) totals.set(groupOf(row), (totals.get(groupOf(row)) ?? 0) + value);
    }
    return (row) => {
      const value = valueOf(row);
      if (groupOf(row) === null || value === null || Number.isNaN(value)) return null;
      return value > 0 ? value / totals.get(groupOf(row)) : 0;
    };
  };

  const percent = (share) => `${(share * 100).toFixed(1)}%`;
  // The pool in which a client has its share: "" for everyone else, null in a group that orders otherwise.
  const groupNow = (row) => draft.poolOf(row.client, shareKind());
  const groupLive = (row) => draft.livePoolOf(row.client, shareKind());

  let scale = 1;
  const drawRow = (row) => {
    const { now, then } = row;
    for (const name of KINDS) drawCell(row.inputs[name]);
    const width = `${now === null ? 0 : ((now / scale) * 100).toFixed(1)}%`;
    const text = now !== null ? percent(now) : groupNow(row) === null ? "group" : "none";
    if (row.fill.style.width !== width) row.fill.style.width = width;
    if (row.share.textContent !== text) row.share.textContent = text;
    if (row.tr.classList.contains("off") === Boolean(now)) row.tr.classList.toggle("off", !now);
    let tick = row.track.querySelector(".was");
    const moved = then !== null && (now === null || percent(now) !== percent(then));
    if (!moved) return tick?.remove();
    if (!tick) {
      tick = document.createElement("span");
      tick.className = "was";
      row.track.append(tick);
    }
    tick.style.left = `${((then / scale) * 100).toFixed(1)}%`;
    tick.title = `Live: ${percent(then)}`;
  };

  const counts = (row, name) => draft.poolOf(row.client, name) !== null;
  const total = (name) => rows.reduce((sum, row) => sum + (counts(row, name) ? draft.number(row.inputs[name].value) || 0 : 0), 0);
  const written = (value) => Number(value.toFixed(6)).toLocaleString("en-US", { maximumFractionDigits: 6 });

  const sayTotals = (name, share) => {
    const sum = Number(total(name).toFixed(6));
    for (const one of KINDS.slice(1)) section.querySelector(`[data-total=${one}]`).textContent = written(total(one));
    const missing = rows.filter((row) => share(row) === null && counts(row, name)).length;
    const zero = rows.filter((row) => share(row) === 0).length;
    const said = [];
    if (sum === 0) said.push(`The total is 0: nothing could be shared out by ${name}.`);
    else if (name === "percentage" && sum !== TARGETS.percentage) {
      said.push(`The percentages add up to ${written(sum)}, not 100. They are taken relative to their total.`);
    }
    if (missing) said.push(`${missing} client${missing > 1 ? "s have" : " has"} no ${name} and ${missing > 1 ? "are" : "is"} left out.`);
    if (zero) said.push(`${zero} ${zero > 1 ? "have" : "has"} ${name} 0 and never get${zero > 1 ? "" : "s"} a lead.`);
    const line = section.querySelector("[data-total-warning]");
    line.hidden = kind() === "priority" || said.length === 0;
    line.textContent = said.join(" ");
    const sharing = rows.filter((row) => share(row) > 0 && groupNow(row) === "").length;
    for (const place of document.querySelectorAll("[data-sharing]")) place.textContent = sharing;
    for (const place of document.querySelectorAll("[data-bound]")) place.textContent = (sharing > 1 ? 1 - 1 / (2 * sharing - 2) : 0).toFixed(2);
  };

  const draw = () => {
    const name = shareKind();
    section.dataset.sharesOf = name;
    const now = shares((row) => draft.number(row.inputs[name].value), groupNow);
    const then = shares((row) => draft.number(liveText(row.inputs[name])), groupLive);
    for (const row of rows) Object.assign(row, { now: now(row), then: then(row) });
    scale = Math.ceil(rows.reduce((most, row) => Math.max(most, row.now ?? 0, row.then ?? 0), 0.05) * 20 - 1e-9) / 20;
    for (const row of inSight) drawRow(row);
    sayTotals(name, now);
    section.querySelector("[data-target]")?.replaceChildren(TARGETS[name].toLocaleString("en-US"));
  };

  // A thousand rows: only those in sight are drawn, the others when they come into sight.
  const inSight = new Set();
  const byRow = new Map(rows.map((row) => [row.tr, row]));
  const watch = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        const row = byRow.get(target);
        if (!isIntersecting) inSight.delete(row);
        else {
          inSight.add(row);
          if (row.now !== undefined) drawRow(row);
        }
      }
    },
    { rootMargin: "400px" },
  );

  let waiting = 0;
  const redraw = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
    draft.refresh();
  };
  draft.redrawShares = redraw;

  const write = (row, name, text) => {
    row.inputs[name].value = text;
    mark(row, name);
  };

  const shownRows = () => rows.filter((row) => !row.tr.hidden);

  // Whole thousandths with an exact sum: what is left over goes to the largest remainders, the upper rows first.
  const share = (chosen, name, parts) => {
    const sum = parts.reduce((a, b) => a + b, 0);
    const goal = TARGETS[name] * PARTS;
    const exact = parts.map((part) => (part * goal) / sum);
    const floors = exact.map(Math.floor);
    const left = goal - floors.reduce((a, b) => a + b, 0);
    const order = exact.map((value, place) => [value - floors[place], place]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    for (const [, place] of order.slice(0, left)) floors[place] += 1;
    chosen.forEach((row, place) => write(row, name, String(floors[place] / PARTS)));
    redraw();
  };

  section.querySelector("[data-spread]")?.addEventListener("click", () => {
    const chosen = shownRows().filter((row) => counts(row, shareKind()));
    if (chosen.length) share(chosen, shareKind(), chosen.map(() => 1));
  });
  section.querySelector("[data-scale]")?.addEventListener("click", () => {
    const name = shareKind();
    const chosen = rows.filter((row) => counts(row, name) && draft.number(row.inputs[name].value) > 0);
    if (chosen.length) share(chosen, name, chosen.map((row) => draft.number(row.inputs[name].value)));
  });

  const fillValue = section.querySelector("[data-fill-value]");
  for (const button of section.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => {
      const chosen = shownRows().filter((row) => button.dataset.fill === "all" || row.inputs[kind()].value.trim() === "");
      for (const row of chosen) write(row, kind(), fillValue.value.trim());
      redraw();
    });
  }

  const sayScope = () => {
    const scope = section.querySelector("[data-fill-scope]");
    if (scope) scope.textContent = `${kind()[0].toUpperCase()}${kind().slice(1)} of ${shownRows().length} clients shown`;
  };
  section.querySelector("[data-filter]")?.addEventListener("input", (event) => {
    event.stopPropagation();
    const term = event.target.value.trim().toLowerCase();
    for (const row of rows) row.tr.hidden = !row.name.toLowerCase().includes(term);
    section.querySelector("[data-count]").textContent = shownRows().length;
    sayScope();
  });

  body.addEventListener("input", (event) => {
    const row = rows[event.target.closest("tr").sectionRowIndex];
    mark(row, KINDS.find((name) => row.inputs[name] === event.target));
    redraw();
  });
  body.addEventListener("keydown", (event) => {
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("input")) return;
    event.preventDefault();
    const shown = shownRows();
    const here = shown.findIndex((row) => row.tr.contains(event.target));
    const next = shown[here + step]?.inputs[kind()];
    next?.focus();
    next?.select();
  });
  section.addEventListener("change", (event) => {
    if (event.target.name !== "shown") return;
    section.dataset.shown = kind();
    sayScope();
    redraw();
  });

  // Which value one sees follows the automation one chooses.
  draft.form.addEventListener("change", (event) => {
    const wanted = { weighted: "weight", percentage: "percentage", priority: "priority" }[event.target.value];
    if (event.target.name === "automation" && wanted) {
      section.querySelector(`[name=shown][value=${wanted}]`).checked = true;
      section.dataset.shown = wanted;
      sayScope();
      redraw();
    }
  });

  // Only what was changed travels: a thousand rows stay within any limit of fields.
  draft.form.addEventListener("formdata", (event) => {
    for (const row of rows) for (const name of KINDS) if (!changed.has(row.inputs[name])) event.formData.delete(row.inputs[name].name);
  });

  draft.sources.push(() =>
    [...changed].map(([input, { row, name }]) => ({
      label: `${row.name}, ${name}`,
      from: liveText(input) || "none",
      to: input.value.trim() || "none",
    })),
  );

  for (const row of rows) for (const name of KINDS) if (isChanged(row.inputs[name])) mark(row, name);
  section.dataset.shown = kind();
  sayScope();
  for (const row of rows) watch.observe(row.tr);
  document.addEventListener("DOMContentLoaded", redraw);
})();
