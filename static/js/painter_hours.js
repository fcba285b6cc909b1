// Weekly hours as seven days of 1,440 minutes each: read from the JSON and from text, written as both.
(() => {
  "use strict";
  const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const MIDNIGHT = 1440;
  const WINDOW = /^([01]?\d|2[0-3])(?::([0-5]\d))?-(?:([01]?\d|2[0-3])(?::([0-5]\d))?|24(?::00)?)$/;

  const week = (open = 0) => DAYS.map(() => new Uint8Array(MIDNIGHT).fill(open));

  const put = (hours, day, start, end) => {
    hours[day].fill(1, start, Math.min(end, MIDNIGHT));
    if (end > MIDNIGHT) hours[(day + 1) % 7].fill(1, 0, end - MIDNIGHT);
  };

  const span = (text) => {
    const found = WINDOW.exec(text.replace(/[–—−]/g, "-").replaceAll(" ", ""));
    if (!found) throw new SyntaxError(`“${text.trim()}” is no window. Write one such as 09:00-17:00 or 22:00-02:00.`);
    const start = Number(found[1]) * 60 + Number(found[2] || 0);
    const end = found[3] === undefined ? MIDNIGHT : Number(found[3]) * 60 + Number(found[4] || 0);
    return [start, end >= start ? end : end + MIDNIGHT];
  };

  // null is always open, as on the server.
  const fromJson = (value) => {
    if (value === null) return week(1);
    const hours = week();
    for (const [name, windows] of Object.entries(value)) {
      const day = DAYS.indexOf(name);
      if (day < 0 || !Array.isArray(windows)) throw new SyntaxError("not hours");
      for (const text of windows) put(hours, day, ...span(text));
    }
    return hours;
  };

  const dayOf = (text) => {
    const day = DAYS.indexOf(text.toLowerCase().slice(0, 3));
    if (day < 0) throw new SyntaxError(`“${text}” is no weekday. Use Mon, Tue, Wed, Thu, Fri, Sat or Sun.`);
    return day;
  };

  const daysOf = (text) => {
    const [first, last] = text.split("-").map(dayOf);
    if (last === undefined) return [first];
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, step) => (first + step) % 7);
  };

  // "Mon-Fri 09:00-12:00 13:00-17:00, Sat 22:00-02:00"; "always" and "never" stand alone.
  const fromText = (text) => {
    const plain = text.replace(/[–—−]/g, "-").replace(/\s*-\s*/g, "-").trim();
    if (/^always( open)?$/i.test(plain)) return week(1);
    const hours = week();
    if (/^never( open)?$/i.test(plain)) return hours;
    for (const part of plain.split(/[,;\n]+/).map((one) => one.trim()).filter(Boolean)) {
      const [days, ...windows] = part.split(/\s+/);
      const chosen = daysOf(days);
      if (!windows.length) throw new SyntaxError(`Give the hours of ${days}, such as ${days} 09:00-17:00.`);
      for (const window of windows) for (const day of chosen) put(hours, day, ...span(window));
    }
    return hours;
  };

  const runs = (day) => {
    const found = [];
    for (let start = day.indexOf(1); start >= 0; ) {
      const end = day.indexOf(0, start);
      found.push([start, end < 0 ? MIDNIGHT : end]);
      start = end < 0 ? -1 : day.indexOf(1, end);
    }
    return found;
  };

  // An evening that runs into a night is one window, because a closed date closes what begins on it.
  const windows = (hours) => {
    const days = hours.map(runs);
    const joins = days.map((own, day) => {
      const last = own.at(-1);
      const next = days[(day + 1) % 7][0];
      return Boolean(last && next && last[0] > 0 && last[1] === MIDNIGHT && next[0] === 0 && next[1] <= last[0]);
    });
    return days.map((own, day) => {
      const begun = joins[(day + 6) % 7] ? own.slice(1) : [...own];
      if (joins[day]) begun.push([begun.pop()[0], MIDNIGHT + days[(day + 1) % 7][0][1]]);
      return begun;
    });
  };

  const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const written = ([start, end]) => `${clock(start)}-${end === MIDNIGHT ? "24:00" : clock(end % MIDNIGHT)}`;
  const total = (hours) => hours.reduce((sum, day) => sum + day.reduce((one, other) => one + other, 0), 0);

  const toJson = (hours) => {
    if (total(hours) === 7 * MIDNIGHT) return null;
    return Object.fromEntries(windows(hours).map((own, day) => [DAYS[day], own.map(written)]).filter(([, own]) => own.length));
  };

  const toText = (hours) => {
    if (total(hours) === 7 * MIDNIGHT) return "always open";
    const own = windows(hours).map((day) => day.map(written).join(" "));
    const parts = [];
    for (let day = 0; day < 7; ) {
      let last = day;
      while (last < 6 && own[last + 1] === own[day]) last += 1;
      if (own[day]) parts.push(`${NAMES[day]}${last > day ? `-${NAMES[last]}` : ""} ${own[day]}`);
      day = last + 1;
    }
    return parts.join(", ") || "never open";
  };

  const length = (hours) => {
    const minutes = total(hours);
    return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""} a week`;
  };

  window.painterHours = { NAMES, week, fromJson, fromText, toJson, toText, length };
})();
