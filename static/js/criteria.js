// The criteria builder over a text area with JSON, which stays the truth that is posted. The server says what is wrong and
// how many of the last leads match, 300 ms after the last change.
(() => {
  "use strict";
  const PAUSE = 300;
  const { root, write, find, isGroup } = window.criteriaTree;
  const { make, select, reshape, fresh, editor } = window.criteriaValues;
  const GROUPS = [["all", "All of these"], ["any", "Any of these"], ["none", "None of these"], ["notall", "Not all of these"]];
  const MUST = { all: "must hold", any: "must hold", none: "may hold", notall: "may hold at once" };

  const build = (place) => {
    const area = place.querySelector("textarea");
    const form = area.form;
    const type = form?.elements[place.dataset.typeField];
    let known = null;
    let tree = null;
    let wrong = [];
    let timer = 0;
    let asking = null;

    const rows = make("div", { class: "criteria" });
    const match = make("div", { class: "match" });
    const said = make("span", { role: "status", "aria-live": "polite" });
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    bar.setAttribute("class", "match-bar");
    bar.setAttribute("aria-hidden", "true");
    bar.innerHTML = '<rect class="rest" width="100%" height="8" rx="4"/><rect class="part" width="0" height="8" rx="4"/>';
    const asJson = make("button", { type: "button", class: "btn quiet small push", "aria-expanded": "false", on: { click: () => showJson(area.hidden) } }, "As JSON");
    match.append(said, bar, asJson);

    const showJson = (shown) => {
      area.hidden = !shown;
      asJson.setAttribute("aria-expanded", String(shown));
    };

    const fieldOf = (node) => known.fields.find((one) => one.name === node.field) || { name: node.field, label: node.field, kind: "text", choices: [], operators: [] };
    const shapeOf = (operator) => known.operators[operator]?.shape || "one";

    const changed = () => {
      const written = write(tree);
      area.value = isGroup(tree) && !tree.children.length && tree.group === "all" ? "" : JSON.stringify(written);
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.dispatchEvent(new Event("change", { bubbles: true }));
      soon();
    };
    const redraw = (focus) => {
      changed();
      draw();
      if (focus) focus.box?.querySelector("select, input, button")?.focus();
    };

    const remove = (parent, node) => {
      const number = parent.children.indexOf(node);
      parent.children.splice(number, 1);
      redraw(parent.children[number] || parent.children[number - 1] || parent);
    };
    const remover = (parent, node, word) =>
      make("button", { type: "button", class: "btn square quiet", "aria-label": word, on: { click: () => remove(parent, node) } }, "×");

    const condition = (node, parent) => {
      const field = fieldOf(node);
      const fields = select("Field", known.fields.map((one) => [one.name, one.label]), node.field, (name) => {
        const next = known.fields.find((one) => one.name === name);
        const operator = next.operators.includes(node.operator) ? node.operator : next.operators[0];
        Object.assign(node, { field: name, operator, value: fresh(next, shapeOf(operator)) });
        redraw(node);
      });
      const operators = select("Operator", field.operators.map((one) => [one, known.operators[one].word]), node.operator, (operator) => {
        const value = reshape(node.value, shapeOf(node.operator), shapeOf(operator));
        Object.assign(node, { operator, value });
        redraw(node);
        node.box.querySelectorAll("select")[1].focus();
      });
      const value = editor(shapeOf(node.operator), field, node.value, (next) => {
        node.value = next;
        changed();
      });
      node.box = make("div", { class: "cond" }, fields, operators, value, remover(parent, node, `Remove the condition on ${field.label}`));
      return node.box;
    };

    const group = (node, parent) => {
      const word = GROUPS.find(([kind]) => kind === node.group)[1];
      const kinds = select("Group", GROUPS, node.group, (kind) => {
        node.group = kind;
        redraw(node);
      });
      kinds.classList.add("slim");
      const add = (child) => {
        node.children.push(child);
        redraw(child);
      };
      const first = known.fields.find((one) => one.name === "state") || known.fields[0];
      const plus = (text, act) => make("button", { type: "button", class: "btn small", on: { click: act } }, `+ ${text}`);
      const newCondition = () => ({ field: first.name, operator: "in", value: [] });
      node.box = make("div", { class: "group", role: "group", "aria-label": word },
        make("div", { class: "op" }, kinds, MUST[node.group], parent ? remover(parent, node, "Remove the group") : ""),
        ...node.children.map((child) => (isGroup(child) ? group(child, node) : condition(child, node))),
        make("div", { class: "row tight" }, plus("Condition", () => add(newCondition())), plus("Group", () => add({ group: "any", children: [newCondition()] }))));
      return node.box;
    };

    const draw = () => {
      rows.replaceChildren(group(tree, null));
      if (!tree.children.length) rows.firstChild.firstChild.after(make("p", { class: "muted" }, "No condition yet: every lead of the type matches."));
      mark();
    };

    const mark = () => {
      rows.querySelectorAll(".wrong").forEach((line) => line.remove());
      rows.querySelectorAll("[aria-invalid]").forEach((box) => box.removeAttribute("aria-invalid"));
      for (const [number, problem] of wrong.entries()) {
        const node = find(tree, problem.path) || tree;
        const id = `${area.id}-wrong-${number}`;
        const controls = node.box.matches(".cond") ? [...node.box.children].slice(0, 3) : [node.box.querySelector("select")];
        const at = problem.path.endsWith(".field") ? 0 : problem.path.endsWith(".operator") ? 1 : controls.length - 1;
        const box = controls[at];
        for (const one of box.matches("input, select, textarea, .tokens") ? [box] : box.querySelectorAll("input, select")) {
          one.setAttribute("aria-invalid", "true");
          one.setAttribute("aria-describedby", id);
        }
        const line = make("p", { class: "wrong", id }, problem.message);
        if (node.box.matches(".cond")) node.box.append(line);
        else node.box.firstChild.after(line);
      }
    };

    const tell = (answer) => {
      match.classList.remove("stale", "slow");
      wrong = answer.problems || [];
      if (tree) mark();
      bar.hidden = bar.style.display = wrong.length || answer.late ? "none" : "";
      if (wrong.length) said.textContent = wrong.length === 1 ? "One thing must be put right before this can be saved." : `${wrong.length} things must be put right before this can be saved.`;
      else if (answer.late) said.textContent = "Counting takes too long just now; saving works all the same.";
      else {
        const percent = answer.of ? (100 * answer.matched) / answer.of : 0;
        const strong = make("strong", {}, `Matches ${answer.matched.toLocaleString("en-US")}`);
        const of = answer.of ? ` of the last ${answer.of.toLocaleString("en-US")} leads, ${percent.toFixed(1)}%` : " leads: none has come in yet";
        said.replaceChildren(strong, of);
        bar.lastChild.setAttribute("width", `${percent}%`);
      }
    };

    const count = async () => {
      asking?.abort();
      const mine = (asking = new AbortController());
      const slow = setTimeout(() => match.classList.add("slow"), PAUSE);
      const body = new URLSearchParams({ lead_type: type?.value || "", criteria: area.value, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
      try {
        const answer = await fetch(place.dataset.count, { method: "POST", body, signal: mine.signal });
        if (!answer.ok) throw new Error(answer.status);
        tell(await answer.json());
      } catch (problem) {
        if (problem.name === "AbortError") return;
        match.classList.remove("slow");
        said.textContent = "The count did not answer. It tries again with the next change.";
      } finally {
        clearTimeout(slow);
      }
    };
    const soon = () => {
      match.classList.add("stale");
      asking?.abort();
      clearTimeout(timer);
      timer = setTimeout(count, PAUSE);
    };

    const readArea = () => {
      try {
        tree = root(area.value.trim() ? JSON.parse(area.value) : null);
      } catch {
        tree = null;
        rows.replaceChildren(make("p", { class: "muted" }, "This JSON cannot be shown as rows. Put it right below."));
        showJson(true);
        return;
      }
      write(tree);
      draw();
    };

    const begin = async () => {
      const answer = await fetch(`${place.dataset.fields}?lead_type=${encodeURIComponent(type?.value || "")}`);
      if (!answer.ok) return;
      known = await answer.json();
      if (!rows.isConnected) {
        area.before(rows, match);
        showJson(false);
        area.addEventListener("change", (event) => event.isTrusted && (readArea(), soon()));
        form.addEventListener("submit", (event) => {
          const first = wrong.length && rows.querySelector("[aria-invalid]");
          if (!first) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          first.matches(".tokens") ? first.querySelector(".adder").focus() : first.focus();
        }, true);
      }
      readArea();
      count();
    };

    type?.addEventListener("change", () => begin().catch(() => {}));
    begin().catch(() => {}); // without fields the JSON stays
  };

  const start = () => document.querySelectorAll("[data-criteria]").forEach(build);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
