// Delivery groups: added, moved, named and filled in the page; the form's own fields carry them.
(() => {
  "use strict";
  const WAIT = 150; // milliseconds after the last key
  const draft = window.settingsDraft;
  const list = document.querySelector("[data-groups]");
  if (!draft || !list) return;

  const PARTS = ["automation", "secondary", "base_automation"];
  const LABELS = { automation: "automation", secondary: "secondary automation", base_automation: "base automation" };
  const live = JSON.parse(document.getElementById("live-groups").textContent);
  const says = document.querySelector("[data-group-says]");

  const part = (item, name) => item.querySelector(`[data-part=${name}]`);
  const boxes = (item) => [...item.querySelectorAll("[data-members] input")];
  const read = (item) => ({
    key: item.dataset.key,
    name: part(item, "name").value.trim() || "Unnamed",
    ...Object.fromEntries(PARTS.map((name) => [name, part(item, name).value])),
    members: new Map(boxes(item).filter((box) => box.checked).map((box) => [box.value, box.nextElementSibling.textContent])),
  });
  const now = () => [...list.children].map(read);

  const word = (value) => {
    if (!value) return "None";
    const text = value.replaceAll("_", " ");
    return text[0].toUpperCase() + text.slice(1);
  };

  const differences = (before, after) => {
    const found = [];
    const label = `Group ${after.name}`;
    if (before.name !== after.name) found.push({ label: `Group ${before.name}`, from: before.name, to: after.name });
    for (const name of PARTS) {
      if (before[name] !== after[name]) found.push({ label: `${label}, ${LABELS[name]}`, from: word(before[name]), to: word(after[name]) });
    }
    for (const [value, name] of after.members) if (!(value in before.members)) found.push({ label, from: "", to: `${name} added` });
    for (const [value, name] of Object.entries(before.members)) if (!after.members.has(value)) found.push({ label, from: name, to: "taken out" });
    return found;
  };

  draft.sources.push(() => {
    const groups = now();
    const known = new Map(live.map((group) => [group.key, group]));
    const stays = new Set(groups.map((group) => group.key));
    const found = groups.flatMap((group) =>
      known.has(group.key) ? differences(known.get(group.key), group) : [{ label: `Group ${group.name}`, from: "", to: `added, ${group.members.size} members` }],
    );
    for (const group of live) if (!stays.has(group.key)) found.push({ label: `Group ${group.name}`, from: group.name, to: "removed" });
    const order = groups.filter((group) => known.has(group.key)).map((group) => group.key);
    const before = live.filter((group) => stays.has(group.key)).map((group) => group.key);
    if (order.join() !== before.join()) found.push({ label: "Order of groups", from: "", to: groups.map((group) => group.name).join(", ") });
    return found;
  });

  // Which group holds a client, and whether that group shares by the kind of value.
  const holders = (groups, clients) => {
    const found = new Map();
    for (const group of groups) for (const value of clients(group)) if (value.startsWith("client:")) found.set(value.slice(7), group);
    return found;
  };
  const SHARED = { weight: "weighted", percentage: "percentage" };
  const pool = (found) => (client, kind) => {
    const group = found().get(client);
    if (!group) return "";
    return [group.automation, group.secondary].includes(SHARED[kind]) ? group.key : null;
  };
  const before = holders(live, (group) => Object.keys(group.members));
  let after = new Map();
  const remap = () => {
    after = holders(now(), (group) => group.members.keys());
  };
  draft.poolOf = pool(() => after);
  draft.livePoolOf = pool(() => before);

  const changed = () => {
    remap();
    draft.uses();
    draft.redrawShares?.();
    draft.refresh();
  };

  const add = () => {
    const key = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const made = document.createElement("div");
    made.append(document.querySelector("[data-group-template]").content.cloneNode(true));
    made.innerHTML = made.innerHTML.replaceAll("__key__", key);
    const item = made.querySelector("li");
    list.append(item);
    item.querySelector("details").open = true;
    part(item, "name").value = `No. ${list.children.length}`;
    part(item, "name").focus();
    part(item, "name").select();
    item.querySelector("[data-shown-name]").textContent = part(item, "name").value;
    changed();
  };

  const move = (button) => {
    const item = button.closest("li");
    const step = Number(button.dataset.move);
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    const still = getComputedStyle(button).visibility === "hidden" ? item.querySelector(`[data-move="${-step}"]`) : button;
    still.focus();
    says.textContent = `${read(item).name} is now number ${[...list.children].indexOf(item) + 1} of ${list.children.length}.`;
    changed();
  };

  const remove = (button) => {
    const item = button.closest("li");
    says.textContent = `${read(item).name} is removed from the draft.`;
    item.remove();
    document.querySelector("[data-add-group]").focus();
    changed();
  };

  document.getElementById("groups").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const act = button.matches("[data-add-group]") ? add : button.matches("[data-move]") ? move : button.matches("[data-remove-group]") ? remove : null;
    if (act) {
      event.preventDefault();
      act(button);
    } else if (button.dataset.value) {
      choose(button);
    }
  });

  list.addEventListener("input", (event) => {
    const item = event.target.closest("li.delivery-group");
    if (event.target.matches("[data-add-member]")) return look(event.target);
    if (event.target.matches("[data-part=name]")) item.querySelector("[data-shown-name]").textContent = event.target.value;
    const group = read(item);
    const then = group.secondary ? `, then ${word(group.secondary).toLowerCase()}` : "";
    item.querySelector("[data-shown-automation]").textContent = word(group.automation) + then;
    changed();
  });

  // ---------- Members ----------

  const holder = (value) => [...list.querySelectorAll("[data-members] input:checked")].find((box) => box.value === value);

  const choose = (button) => {
    const item = button.closest("li.delivery-group");
    const { value, name } = button.dataset;
    const elsewhere = holder(value);
    if (elsewhere && elsewhere.closest("li.delivery-group") !== item) elsewhere.checked = false;
    const here = boxes(item).find((box) => box.value === value);
    if (here) here.checked = true;
    else item.querySelector("[data-members]").append(chip(item.dataset.key, value, name));
    const field = item.querySelector("[data-add-member]");
    field.value = "";
    hide(item);
    field.focus();
    says.textContent = `${name} is in ${read(item).name}.`;
    changed();
  };

  const chip = (key, value, name) => {
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: `group-${key}-members`, value, checked: true });
    const text = document.createElement("span");
    text.textContent = name;
    const label = document.createElement("label");
    label.className = "chip";
    label.append(box, text);
    const item = document.createElement("li");
    item.append(label);
    return item;
  };

  const hide = (item) => {
    item.querySelector("[data-found]").hidden = true;
  };

  const offer = (item, found) => {
    const box = item.querySelector("[data-found]");
    box.replaceChildren(
      ...found.map(({ value, name, about }) => {
        const elsewhere = holder(value)?.closest("li.delivery-group");
        const button = Object.assign(document.createElement("button"), { type: "button" });
        button.dataset.value = value;
        button.dataset.name = name;
        const small = document.createElement("small");
        small.textContent = !elsewhere ? about : elsewhere === item ? "in this group" : `now in ${read(elsewhere).name}: moves here`;
        button.append(name, small);
        const row = document.createElement("li");
        row.append(button);
        return row;
      }),
    );
    if (!found.length) {
      const nobody = document.createElement("li");
      nobody.append(Object.assign(document.createElement("p"), { textContent: "No client or account has this in its name." }));
      box.append(nobody);
    }
    box.hidden = false;
  };

  let waiting = 0;
  const look = (field) => {
    clearTimeout(waiting);
    const item = field.closest("li.delivery-group");
    const term = field.value.trim();
    if (!term) return hide(item);
    waiting = setTimeout(async () => {
      const answer = await fetch(`${draft.form.dataset.findMembers}?q=${encodeURIComponent(term)}`, { headers: { Accept: "application/json" } });
      if (answer.ok && field.value.trim() === term) offer(item, (await answer.json()).found);
    }, WAIT);
  };

  list.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-add-member], [data-found] button")) return;
    const item = event.target.closest("li.delivery-group");
    const buttons = [...item.querySelectorAll("[data-found]:not([hidden]) button")];
    const place = buttons.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && buttons.length) {
      event.preventDefault();
      (buttons[place + step] ?? (step < 0 ? item.querySelector("[data-add-member]") : buttons.at(-1))).focus();
    } else if (event.key === "Enter" && place < 0) {
      event.preventDefault();
      if (buttons.length) choose(buttons[0]);
    } else if (event.key === "Escape") {
      hide(item);
      item.querySelector("[data-add-member]").focus();
    }
  });

  remap();
})();
