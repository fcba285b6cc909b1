// The control of a condition's value, by the operator's shape and the field's kind. `change(value)` is called as it is typed.
(() => {
  "use strict";
  const MOST_CHIPS = 40;
  const NUMBERS = ["integer", "decimal"];
  const HINTS = { datetime: "2026-03-01T09:00:00-06:00", zip: "60601", text: "", integer: "", decimal: "" };

  const make = (tag, options = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) {
      if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...inside);
    return element;
  };

  const select = (label, choices, value, change) => {
    const box = make("select", { class: "input", "aria-label": label, on: { change: () => change(box.value) } });
    const known = choices.some(([one]) => one === value);
    for (const [one, word] of known ? choices : [[value ?? "", value ? String(value) : "Choose"], ...choices]) {
      box.append(new Option(word, one, one === value, one === value));
    }
    if (!known) box.value = value ?? "";
    return box;
  };

  const typed = (field, text) => {
    const plain = text.trim();
    if (!NUMBERS.includes(field.kind)) return plain;
    return /^-?\d{1,15}(\.\d+)?$/.test(plain) && String(Number(plain)) === plain ? Number(plain) : plain;
  };

  const shown = (value) => (value === null || value === undefined ? "" : String(value));

  const text = (field, label, value, change, more = {}) => {
    const numeric = NUMBERS.includes(field.kind);
    const type = field.kind === "date" ? "date" : "text";
    const box = make("input", {
      class: numeric ? "input num" : "input", type, "aria-label": label, autocomplete: "off", spellcheck: "false",
      inputmode: numeric ? "decimal" : null, placeholder: HINTS[field.kind] || null, ...more,
      on: { input: () => change(typed(field, box.value)) },
    });
    box.value = shown(value);
    return box;
  };

  const choices = (field) => {
    if (field.kind === "boolean") return null;
    return field.choices.length ? field.choices.map((one) => [one, one]) : null;
  };

  const one = (field, value, change, label = "Value") => {
    if (field.kind === "boolean") {
      return select(label, [["true", "Yes"], ["false", "No"]], value === true ? "true" : value === false ? "false" : "", (chosen) => change(chosen === "true"));
    }
    const offered = choices(field);
    if (!offered) return text(field, label, value, change);
    const folded = offered.find(([own]) => own.toLowerCase() === shown(value).toLowerCase());
    return select(label, offered, folded ? folded[0] : shown(value), change);
  };

  const part = (field, value, change) => (choices(field) ? one(field, value, change) : text({ ...field, kind: "text" }, "Value", value, change));

  const pattern = (field, value, change) => text({ ...field, kind: "text" }, "Pattern", value, change, { class: "input code" });

  const pair = (field, value, change) => {
    const ends = Array.isArray(value) ? [value[0] ?? "", value[1] ?? ""] : [value ?? "", ""];
    const end = (number) => (next) => {
      ends[number] = next;
      change([...ends]);
    };
    return make("div", { class: "pair" }, one(field, ends[0], end(0), "From"), make("span", { class: "muted" }, "and"), one(field, ends[1], end(1), "To"));
  };

  const near = (field, value, change) => {
    const [zip, miles] = Array.isArray(value) ? value : ["", ""];
    const now = [shown(zip), miles ?? ""];
    const put = (number) => (next) => {
      now[number] = next;
      change([...now]);
    };
    const far = text({ kind: "decimal" }, "Miles", now[1], put(1), { placeholder: "25" });
    const centre = text({ kind: "zip" }, "ZIP", now[0], put(0), { inputmode: "numeric" });
    return make("div", { class: "pair" }, far, make("span", { class: "muted" }, "miles of"), centre);
  };

  const many = (field, value, change) => {
    const values = (Array.isArray(value) ? value : [value]).filter((own) => own !== null && own !== undefined && own !== "");
    return values.length > MOST_CHIPS ? longList(field, values, change) : chips(field, values, change);
  };

  const split = (field, words) => words.split(/[,;\n\t]+/).map((word) => typed(field, word)).filter((word) => word !== "");

  const longList = (field, values, change) => {
    const box = make("textarea", { class: "input", rows: "4", "aria-label": "Values, with commas", on: { input: () => change(split(field, box.value)) } });
    box.value = values.join(", ");
    return box;
  };

  const chips = (field, values, change) => {
    const box = make("div", { class: "input tokens", role: "group", "aria-label": "Values" });
    const put = (next, focus) => {
      values = next;
      change([...values]);
      draw();
      if (focus) box.querySelector(".adder").focus();
    };
    const add = (words) => {
      const fresh = split(field, words).filter((word) => !values.includes(word));
      if (fresh.length) put([...values, ...fresh], true);
    };
    const adder = () => {
      const offered = field.kind === "boolean" ? null : choices(field);
      if (offered) {
        const left = offered.filter(([own]) => !values.includes(own));
        const pick = make("select", { class: "adder", "aria-label": "Add a value", on: { change: () => put([...values, pick.value], true) } }, new Option("Add", ""));
        pick.append(...left.map(([own]) => new Option(own, own)));
        return pick;
      }
      const box = make("input", {
        class: "adder", "aria-label": "Add a value", placeholder: values.length ? "" : "Enter or a comma adds", autocomplete: "off", spellcheck: "false",
        on: {
          keydown: (event) => {
            if (event.key === "Enter" || event.key === ",") {
              event.preventDefault();
              add(box.value);
            } else if (event.key === "Backspace" && !box.value && values.length) put(values.slice(0, -1), true);
          },
          paste: (event) => {
            event.preventDefault();
            add(`${box.value}${event.clipboardData.getData("text")}`);
          },
          change: () => add(box.value),
        },
      });
      return box;
    };
    const chip = (own, number) =>
      make("span", { class: "chip" }, String(own), make("button", { type: "button", "aria-label": `Take ${own} out`, on: { click: () => put(values.filter((_, place) => place !== number), true) } }, "×"));
    const draw = () => box.replaceChildren(...values.map(chip), adder());
    draw();
    return box;
  };

  const none = () => make("span", { class: "no-value" });
  const SHAPES = { none, one, part, pattern, pair, near, many };

  // What is kept when the operator changes: the same value in the new shape, as far as it goes.
  const START = { none: () => null, pair: () => ["", ""], near: () => ["", ""], many: () => [] };
  const reshape = (value, from, to) => {
    if (from === to) return value;
    const first = Array.isArray(value) ? (value[0] ?? "") : (value ?? "");
    if (from === "near" || to === "near" || to === "none") return (START[to] || (() => ""))();
    if (to === "many") return Array.isArray(value) ? value.filter((own) => own !== "") : first === "" ? [] : [first];
    return to === "pair" ? [first, Array.isArray(value) ? (value[1] ?? "") : ""] : first;
  };
  const fresh = (field, shape) => (START[shape] || (() => (field.kind === "boolean" ? true : "")))();

  window.criteriaValues = { make, select, reshape, fresh, editor: (shape, field, value, change) => SHAPES[shape](field, value, change) };
})();
